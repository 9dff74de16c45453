// A chain of reasons: why an incident is as it is, or why an alert is none. Plain values; their
// words are bridge/notify/why_text.h's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "bridge/incident/types.h"
#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {

struct WhyLink {
    // What it speaks of: alert, rule, host, suppression, incident, route, priority, storm, observe,
    // policy, message, state, next, verdict, agent (docs/incidents.md, "Seeing why").
    std::string step;
    std::string phrase;           // its words are `why.<phrase>`; kWhyTimeline: those of the entry
    std::optional<Timestamp> at;  // none: it is so now
    // What the words name, texts; times are RFC 3339. Absent is empty.
    EntryData data;
    // Of an entry of the timeline.
    std::string text{};
    std::string actor{};
    // What the bridge itself calls what `data` has as its summary or title (title.h).
    EntryData own{};
};
using WhyLinks = std::vector<WhyLink>;

inline constexpr std::string_view kWhyTimeline = "timeline";

inline std::string time_text(const std::optional<Timestamp>& at) {
    return at ? format_rfc3339(*at) : std::string();
}

// `host="web-1", alertname="DiskFull"`.
std::string labels_text(const Labels& labels);
// "li.na (mail), zhao.lei (sms)"; "" for nobody.
std::string names_of(const std::vector<Tell>& tells);

WhyLink alert_link(const AlertRecord& alert);
// The rule behind it, as far as its sender says.
WhyLink rule_link(const AlertRecord& alert);

struct PriorityOf {
    WhyLink link;
    Priority priority = Priority::kP3;
};
// severity → urgency, labels → impact, both → priority by the matrix, and what the route makes of
// it.
PriorityOf priority_link(const PriorityRules& rules, const Route& route, const Labels& labels,
                         std::string_view severity);

// The same of an incident that was reported, by the timeline's entry of that.
WhyLink reported_priority_link(const EntryData& reported, const Route& route);
// What the route makes of a priority that is found otherwise, in the data of its link.
Priority put_route_priority(const Route& route, Priority wanted, EntryData& data);

// `route` null: it was configured once, under this name.
WhyLink route_link(const Route* route, std::string_view name, std::string_view team,
                   std::string_view policy);

}  // namespace tocsin::bridge
