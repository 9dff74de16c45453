#include "bridge/incident/priority_rules.h"

#include <algorithm>

namespace tocsin::bridge {

Level PriorityRules::level(std::string_view severity) const {
    Level level;
    level.name = std::string(severity);
    const auto known = urgency.find(severity);
    if (known != urgency.end()) level.urgency = known->second;
    const auto at = std::find(severities.begin(), severities.end(), severity);
    if (at != severities.end()) level.rank = static_cast<int>(at - severities.begin());
    return level;
}

const Service* PriorityRules::service(const Labels& labels) const {
    const auto it = std::find_if(services.begin(), services.end(),
                                 [&](const Service& s) { return matches_all(s.match, labels); });
    return it == services.end() ? nullptr : &*it;
}

const Service* PriorityRules::service_named(std::string_view name) const {
    const auto it = std::find_if(services.begin(), services.end(),
                                 [&](const Service& s) { return s.name == name; });
    return it == services.end() ? nullptr : &*it;
}

ImpactOf PriorityRules::impact_of(const Service* of, const Labels& labels) const {
    ImpactOf out;
    if (of != nullptr && !of->tier.empty()) {
        out.by = ImpactBy::kService;
        out.tier = of->tier;
    } else if (const std::string_view label = labels.get("tier"); !label.empty()) {
        out.by = ImpactBy::kLabel;
        out.tier = std::string(label);
    }
    if (const auto known = tiers.find(out.tier); known != tiers.end()) out.impact = known->second;
    return out;
}

Impact PriorityRules::impact(const Labels& labels) const {
    return impact_of(service(labels), labels).impact;
}

Priority PriorityRules::priority(const Labels& labels, std::string_view severity) const {
    const auto row = static_cast<std::size_t>(impact(labels));
    const auto column = static_cast<std::size_t>(level(severity).urgency);
    return matrix.at(row).at(column);
}

}  // namespace tocsin::bridge
