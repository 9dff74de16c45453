#include "bridge/notify/entry_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/content.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

using text::ValueMap;

constexpr std::array<std::string_view, 7> kPeople = {
    "person", "who", "commander", "communication", "reporter", "vendor", "owner"};
constexpr std::string_view kBy = " by ";
constexpr std::string_view kPerson = "person:";

bool names_a_person(std::string_view key, const EntryData& data) {
    if (std::find(kPeople.begin(), kPeople.end(), key) != kPeople.end()) return true;
    const auto cause = data.find("cause");
    return key == "about" && cause != data.end() && cause->second == "in_work";
}

struct Told {
    std::string person;
    std::string channel;
};

// "li.na by mail, zhao.lei by sms".
std::vector<Told> told_of(std::string_view list) {
    std::vector<Told> out;
    while (!list.empty()) {
        const std::size_t end = list.find(", ");
        const std::string_view one = list.substr(0, end);
        const std::size_t by = one.find(kBy);
        const bool whole = by != std::string_view::npos;
        out.push_back({std::string(one.substr(0, by)),
                       std::string(whole ? one.substr(by + kBy.size()) : std::string_view())});
        list = end == std::string_view::npos ? std::string_view() : list.substr(end + 2);
    }
    return out;
}

// Of a silence's name, "by li.na: why": whose it is, and the rest.
std::optional<std::pair<std::string, std::string>> maker_of(std::string_view key,
                                                            const EntryData& data) {
    const auto by = data.find("by");
    const auto name = data.find("by_name");
    if (key != "by_name" || by == data.end() || by->second != "silence" || name == data.end() ||
        !name->second.starts_with("by ")) {
        return std::nullopt;
    }
    const std::string rest = name->second.substr(3);
    const std::size_t colon = rest.find(": ");
    return std::pair(rest.substr(0, colon),
                     colon == std::string::npos ? "" : rest.substr(colon + 2));
}

std::string called(std::string_view name, const EntryReader& reader) {
    const std::string_view bare = name.starts_with(kPerson) ? name.substr(kPerson.size()) : name;
    const auto known = reader.names.find(bare);
    return std::string(known == reader.names.end() ? bare : known->second);
}

std::optional<Timestamp> time_of(std::string_view key, const std::string& value) {
    constexpr std::size_t kShortest = 20;  // 2026-11-22T13:22:41Z
    if (key == "text" || value.size() < kShortest || value[10] != 'T') return std::nullopt;
    const auto at = parse_rfc3339(value);
    return at ? std::optional(at.value()) : std::nullopt;
}

// What of a datum is laid out in any language, in the English sentence too; nothing: it stays.
std::optional<std::string> laid_out(std::string_view key, const EntryData& data,
                                    const EntryReader& reader) {
    const std::string& value = data.find(std::string(key))->second;
    if (const auto at = time_of(key, value)) return local_time(*at, reader.timezone);
    if (names_a_person(key, data)) return called(value, reader);
    if (key == "told") {
        std::string out;
        for (const Told& one : told_of(value)) {
            if (!out.empty()) out += phrase("value.list", reader.language);
            out += say("value.told", reader.language,
                       ValueMap{{"Person", called(one.person, reader)}, {"Channel", one.channel}});
        }
        return out;
    }
    if (const auto maker = maker_of(key, data)) {
        return say("value.maker", reader.language,
                   ValueMap{{"Person", called(maker->first, reader)}, {"Why", maker->second}});
    }
    return std::nullopt;
}

bool is_of_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '@';
}

// `from` as a word of its own, wherever it stands.
std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = text.find(from); at != std::string_view::npos && !from.empty();
         at = text.find(from, at + from.size())) {
        const std::size_t end = at + from.size();
        const bool begins = at == 0 || !is_of_a_name(text[at - 1]);
        const bool ends = end == text.size() || !is_of_a_name(text[end]);
        if (!begins || !ends || at < done) continue;
        out += text.substr(done, at - done);
        out += to;
        done = end;
    }
    return out.append(text.substr(done));
}

// The English sentence holds the values as the data does.
std::string sentence_of(const TimelineEntry& entry, const EntryReader& reader) {
    std::string text = entry.text;
    if (text.starts_with(entry.actor + " ")) {
        text.replace(0, entry.actor.size(), called(entry.actor, reader));
    }
    for (const auto& [key, value] : entry.data) {
        if (const auto out = laid_out(key, entry.data, reader)) text = replaced(text, value, *out);
    }
    return text;
}

std::string text_of(const TimelineEntry& entry, const EntryReader& reader, std::string_view group) {
    ValueMap data;
    for (const auto& [key, value] : entry.data) data[key] = datum_text(key, entry.data, reader);
    const bool by_system = entry.actor == kSystem;
    const std::string id = std::string(group) + "." + entry.kind;
    const std::string known = phrase(id, reader.language).empty() ? "timeline.other" : id;
    const ValueMap dot = {
        {"Text", sentence_of(entry, reader)},
        {"Actor", by_system ? say("actor.system", reader.language) : called(entry.actor, reader)},
        {"BySystem", by_system},
        {"Data", data}};
    return say(known, reader.language, dot);
}

}  // namespace

std::string datum_text(const std::string& key, const EntryData& data, const EntryReader& reader) {
    if (auto out = laid_out(key, data, reader)) return std::move(*out);
    const std::string& value = data.at(key);
    if (key == "severity" || key == "from" || key == "to") {
        return word("severity", value, reader.language);
    }
    if (key == "cause") return word("cause", value, reader.language);
    return key == "by" ? word("suppressor", value, reader.language) : value;
}

std::string entry_text(const TimelineEntry& entry, const EntryReader& reader) {
    return text_of(entry, reader, "timeline");
}

std::string record_entry_text(const TimelineEntry& entry, const EntryReader& reader) {
    return text_of(entry, reader, "record");
}

std::string person_text(std::string_view name, const EntryReader& reader) {
    return called(name, reader);
}

std::string own_text(const EntryData& words, const EntryReader& reader, std::string_view group) {
    const auto known = words.find("words");
    if (known == words.end()) return {};
    const std::string id = std::string(group) + "." + known->second;
    if (phrase(id, reader.language).empty()) return {};
    ValueMap dot;
    for (const auto& [key, value] : words) dot[key] = datum_text(key, words, reader);
    return say(id, reader.language, std::move(dot));
}

std::vector<std::string> people_in(const TimelineEntry& entry) {
    std::vector<std::string> out{entry.actor};
    for (const auto& [key, value] : entry.data) {
        if (names_a_person(key, entry.data)) {
            out.push_back(value.starts_with(kPerson) ? value.substr(kPerson.size()) : value);
        }
        if (key == "told") {
            for (Told& one : told_of(value)) out.push_back(std::move(one.person));
        }
        if (auto maker = maker_of(key, entry.data)) out.push_back(std::move(maker->first));
    }
    return out;
}

Names names_of(const Oncall& oncall) {
    Names out;
    for (const auto* all : {&oncall.people, &oncall.vendors}) {
        for (const Person& one : *all) {
            if (!one.display.empty()) out.emplace(one.name, one.display);
        }
    }
    return out;
}

}  // namespace tocsin::bridge
