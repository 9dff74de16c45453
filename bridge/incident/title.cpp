#include "bridge/incident/title.h"

#include <string>

#include "bridge/incident/dedup.h"

namespace tocsin::bridge {

void put_own_words(Alert& alert, const EntryData& words) {
    for (const auto& [name, value] : words) {
        alert.annotations[std::string(kOwnPrefix) + name] = value;
    }
}

EntryData own_words(const AlertRecord& alert) {
    EntryData out;
    // Others may say what they like in annotations; these words are the bridge's own.
    if (alert.source != kSourceBridge || !alert.annotations.contains(std::string(kOwnWords))) {
        return out;
    }
    for (const auto& [name, value] : alert.annotations) {
        if (name.starts_with(kOwnPrefix) && name != kAnnotationGroupBy) {
            out[name.substr(kOwnPrefix.size())] = value;
        }
    }
    return out;
}

EntryData title_words(const Incident& incident) {
    const std::string hosts = std::to_string(incident.hosts);
    switch (incident.kind) {
        case Incident::Kind::kStorm:
            return {{"words", "storm"}, {"group", incident.storm_group}, {"hosts", hosts}};
        case Incident::Kind::kOverflow:
            return {{"words", "overflow"},
                    {"incidents", std::to_string(incident.children)},
                    {"hosts", hosts}};
        case Incident::Kind::kAlerts:
        case Incident::Kind::kJoin:
            break;
    }
    return incident.facts.title;
}

}  // namespace tocsin::bridge
