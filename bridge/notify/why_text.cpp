#include "bridge/notify/why_text.h"

#include <array>
#include <utility>

#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

using text::ValueMap;

// Data that are names of something have words of their own: the group they are phrases of.
struct Named {
    std::string_view key;
    std::string_view group;
};
constexpr std::array kNamed = {
    Named{"severity", "severity"},     Named{"status", "status"},     Named{"state", "state"},
    Named{"by", "suppressor"},         Named{"urgency", "why.grade"}, Named{"impact", "why.grade"},
    Named{"delivery", "why.delivery"}, Named{"timer", "why.timer"},
};

std::string shown(const std::string& key, const EntryData& data, const EntryReader& reader) {
    const std::string& value = data.at(key);
    if (value.empty()) return value;
    for (const Named& named : kNamed) {
        if (named.key == key) return word(named.group, value, reader.language);
    }
    return datum_text(key, data, reader);
}

}  // namespace

std::string why_text(const WhyLink& link, const EntryReader& reader) {
    const std::string& language = reader.language;
    if (link.phrase == kWhyTimeline) {
        const auto kind = link.data.find("kind");
        return entry_text(
            {link.at.value_or(Timestamp{}), kind == link.data.end() ? std::string() : kind->second,
             link.actor, link.text, link.data},
            reader);
    }
    ValueMap data;
    for (const auto& [key, value] : link.data) data[key] = shown(key, link.data, reader);
    if (const std::string own = own_text(link.own, reader); !own.empty()) {
        for (const char* key : {"summary", "title"}) {
            if (data.contains(key)) data[key] = own;
        }
    }
    if (link.step == "message") {
        const auto kind = link.data.find("kind");
        const auto priority = link.data.find("priority");
        data["headline"] =
            say("headline." + (kind == link.data.end() ? std::string() : kind->second), language,
                ValueMap{{"Step", ""},
                         {"Priority", priority == link.data.end() ? "" : priority->second},
                         {"ResolvedBy", ""}});
    }
    return say("why." + link.phrase, language, ValueMap{{"Data", std::move(data)}});
}

}  // namespace tocsin::bridge
