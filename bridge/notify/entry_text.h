// A line of a timeline as its reader reads it: in their language, with times of their zone and
// people as they are called. The core writes times in UTC and people by their names in bridge.yml;
// what is laid out here is what an entry's data says, and nothing that somebody wrote. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/decide.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// What people and vendors are called, by name; who is not in it is called by the name.
using Names = std::map<std::string, std::string, std::less<>>;

struct EntryReader {
    std::string language = "en";
    std::string timezone = "UTC";
    Names names{};
};

// What an entry says, without its time.
std::string entry_text(const TimelineEntry& entry, const EntryReader& reader);
// The same of an entry of a problem, a review or an article.
std::string record_entry_text(const TimelineEntry& entry, const EntryReader& reader);
// How a person is called.
std::string person_text(std::string_view name, const EntryReader& reader);
// What one datum of an entry is to the reader; "by_name" depends on the others.
std::string datum_text(const std::string& key, const EntryData& data, const EntryReader& reader);

// What the bridge itself calls an alert or an incident (bridge/incident/title.h), or, as
// "own_more", says of it; "" where it says nothing.
std::string own_text(const EntryData& words, const EntryReader& reader,
                     std::string_view group = "own");

// The names of people and vendors that an entry speaks of.
std::vector<std::string> people_in(const TimelineEntry& entry);
Names names_of(const Oncall& oncall);

}  // namespace tocsin::bridge
