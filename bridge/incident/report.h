// An incident, or a service request, that a person or another system reports: it has no alert, no
// dedup key, and is classified by the same matrix.
#pragma once

#include <optional>
#include <string>

#include "bridge/incident/decide.h"

namespace tocsin::bridge {

struct Report {
    std::string key;      // the incident's, given by the shell
    std::string actor;    // who enters it: the service desk, or the reporter
    std::string symptom;  // one line: the title
    std::string text;     // more of it; may be empty
    Reporter reporter;
    std::optional<Timestamp> since;
    std::string service;             // of the services table, or any name
    std::optional<Impact> impact;    // else by the service's tier
    std::optional<Urgency> urgency;  // else medium
    std::string category;
    bool request = false;
    Labels labels;  // for the route; `service` and `category` are added
};

// The labels that routes match.
Labels labels_of(const Report& report);
Decision open_report(const Report& report, const std::vector<const Route*>& also,
                     const Context& context, Timestamp now);

}  // namespace tocsin::bridge
