#include "bridge/api/reporter_view.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tocsin::bridge {

void keep_public(IncidentDetail& detail) {
    constexpr std::array<std::string_view, 10> kPublic{
        "reported",  "public_note", "acknowledged", "resolved", "reopened",
        "confirmed", "rated",       "merged",       "closed",   "superseded"};
    std::erase_if(detail.timeline, [&](const TimelineRow& row) {
        return std::find(kPublic.begin(), kPublic.end(), row.entry.kind) == kPublic.end();
    });
    // What responders say of it among themselves stands in their moves' own words.
    for (TimelineRow& row : detail.timeline) {
        if (row.entry.kind == "reported" || row.entry.kind == "public_note") continue;
        row.entry.text = row.entry.kind;
        row.entry.data.erase("text");
    }
    Incident& in = detail.summary.incident;
    in.facts.findings = {};
    in.facts.verified_how.clear();
    in.facts.links.clear();
    in.told.clear();
    in.watchers.clear();
    detail.alerts.clear();
    detail.effects.clear();
    detail.timers.clear();
    detail.children.clear();
    detail.background = {};
}

}  // namespace tocsin::bridge
