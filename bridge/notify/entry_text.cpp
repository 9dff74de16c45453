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

// Of what a silence or a window is called that nobody named, "by li.na: why" or "by li.na, CHG-7":
// whose it is, and the rest.
std::optional<std::pair<std::string, std::string>> maker_of(std::string_view key,
                                                            const EntryData& data) {
    const auto by = data.find("by");
    const auto name = data.find("by_name");
    if (key != "by_name" || by == data.end() || name == data.end() ||
        (by->second != "silence" && by->second != "maintenance") ||
        !name->second.starts_with("by ")) {
        return std::nullopt;
    }
    const std::string rest = name->second.substr(3);
    const std::size_t end = rest.find(by->second == "silence" ? ": " : ", ");
    return std::pair(rest.substr(0, end), end == std::string::npos ? "" : rest.substr(end + 2));
}

struct Around {
    std::string before;
    std::string after;
};
std::optional<Around> parted(std::string_view text, std::string_view by) {
    const std::size_t at = text.rfind(by);
    if (at == std::string_view::npos) return std::nullopt;
    return Around{std::string(text.substr(0, at)), std::string(text.substr(at + by.size()))};
}

// What an alert or a condition that holds back is called: "HostUnreachable on web-17" (suppressors
// of this kind, and the likely cause, which says no kind), "blips for 2m", "blips 3 times in 10m".
std::optional<std::string> holder_of(std::string_view key, const EntryData& data,
                                     std::string_view language) {
    if (key != "by_name") return std::nullopt;
    const std::string& name = data.find("by_name")->second;
    const auto kind = data.find("by");
    const std::string by = kind == data.end() ? "inhibit" : kind->second;
    if (by == "inhibit") {
        const auto alert = parted(name, " on ");
        if (!alert) return std::nullopt;
        return say("value.alert_on", language,
                   ValueMap{{"Alert", alert->before}, {"Host", alert->after}});
    }
    if (by != "open_when") return std::nullopt;
    if (const auto held = parted(name, " for ")) {
        return say("value.held_for", language,
                   ValueMap{{"Name", held->before}, {"Time", held->after}});
    }
    const auto counted = parted(name, " times in ");
    const auto times = counted ? parted(counted->before, " ") : std::nullopt;
    if (!times) return std::nullopt;
    return say(
        "value.times_in", language,
        ValueMap{{"Name", times->before}, {"Times", times->after}, {"Time", counted->after}});
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
    if (auto holder = holder_of(key, data, reader.language)) return holder;
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
    std::string said = say(known, reader.language, dot);
    // The Chinese sentences are made of the data; what a person wrote with it stands behind them.
    // What was changed of a record is no such word.
    const auto word = entry.data.find("text");
    if (word == entry.data.end() || word->second.empty() || entry.kind == "edited" ||
        said.find(word->second) != std::string::npos) {
        return said;
    }
    return say("value.said", reader.language,
               ValueMap{{"Line", std::move(said)}, {"Said", word->second}});
}

}  // namespace

std::string datum_text(const std::string& key, const EntryData& data, const EntryReader& reader) {
    if (auto out = laid_out(key, data, reader)) return std::move(*out);
    const std::string& value = data.at(key);
    if (key == "severity" || key == "from" || key == "to") {
        return word("severity", value, reader.language);
    }
    if (key == "by") return word("suppressor", value, reader.language);
    if (key == "cause") return word("cause", value, reader.language);
    return key == "owed" ? word_list("field", value, reader.language) : value;
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
