// What people say of an incident, beside its state: who reported it, why it happened, what solved
// it, who checked, how it was rated, and what a major incident needs. A part of the incident; plain
// values.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "bridge/incident/alert_record.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

// Who reported it and hears of it. The contact is a configured channel and an address in it; one
// of `people` needs none.
struct Reporter {
    std::string name;
    std::string channel;
    std::string address;
    bool operator==(const Reporter&) const = default;
};

// Why it happened and what solved it; may be owed until it is closed.
struct Findings {
    std::string cause;     // one of the configured causes
    std::string solution;  // what was done
    std::string proof;     // how one can see that it holds: a text or a link
    bool operator==(const Findings&) const = default;
};

struct IncidentLink {
    std::string title;
    std::string target;  // another incident's key, or a URL
    bool operator==(const IncidentLink&) const = default;
};

struct Major {
    Timestamp declared_at;
    std::string by;             // a person, or "system" for the rule
    std::string commander;      // "" until named
    std::string communication;  // who tells the others; "" until named
    Duration update_every{0};   // how often the others are to hear; 0: no clock
    bool review_owed = false;   // since it was resolved
    bool operator==(const Major&) const = default;
};

struct Facts {
    bool request = false;  // a service request, not a fault
    std::string category;  // the label `category`, or as reported
    std::optional<Reporter> reporter;
    std::vector<Reporter> more_reporters;  // of incidents merged into this one; told the same
    std::optional<Timestamp> since;        // as the reporter says
    Findings findings;
    std::optional<Timestamp> verified_at;  // somebody looked: technically it holds
    std::string verified_by;
    std::string verified_how;
    // What its alerts wanted when somebody lowered the priority: as long as they want no more than
    // that, it stays lowered. Semantics 4: it falls only by hand.
    std::optional<Priority> lowered_from;
    int satisfaction = 0;  // 1–5; 0: not rated
    std::string satisfaction_comment;
    std::vector<IncidentLink> links;
    std::vector<std::string> more_keys;        // dedup keys taken over by merging
    std::vector<IncidentId> merged{};          // those that were merged into this one
    std::optional<Timestamp> all_clear_since;  // nothing fires, and a person has to say it is over
    // The worst severity that was told of since somebody last took, snoozed or pended it, or since
    // it opened: a level that falls and comes back to it is no rise.
    std::string known_severity;
    std::optional<Major> major;
    // Of a title that the bridge gave, title.h's words.
    std::map<std::string, std::string> title;

    [[nodiscard]] bool reported_by(std::string_view name) const {
        const auto is = [&](const Reporter& r) { return r.name == name; };
        return (reporter && is(*reporter)) ||
               std::any_of(more_reporters.begin(), more_reporters.end(), is);
    }
    bool operator==(const Facts&) const = default;
};

}  // namespace tocsin::bridge
