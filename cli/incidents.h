// `tocsin incidents …`: views of the bridge's store and what people do to an incident.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/session.h"

namespace tocsin::cli {

struct IncidentFilter {
    std::string state = "open";       // open, resolved, closed, all
    std::vector<std::string> labels;  // name=value
    std::string search;
    std::int64_t limit = 50;
    bool children = false;  // of storms too, while those stand for them
};

// "triggered, silence, observed": what holds it back, and what else people must know of its state.
std::string shown_state(const boost::json::value& incident);
// 1 when nothing matches.
// Of one priority what nobody owns comes first, then what has waited longest.
bool more_urgent(const boost::json::value& a, const boost::json::value& b);

int list_incidents(const Session& session, const IncidentFilter& filter);
int show_incident(const Session& session, const std::string& key);

}  // namespace tocsin::cli
