// Between the core's values and the texts that columns hold. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/model/matcher.h"
#include "bridge/incident/types.h"

namespace tocsin::bridge::codec {

// Canonical: sorted by name, no spaces, so that equal sets are equal texts and a pair can be found
// in the text by label_needle() (quotes inside values are escaped, so nothing else matches).
std::string labels_to_text(const Labels& labels);
Labels labels_from_text(std::string_view text);
std::string label_needle(std::string_view name, std::string_view value);

std::string map_to_text(const std::map<std::string, std::string, std::less<>>& map);
std::string map_to_text(const std::map<std::string, std::string>& map);
std::map<std::string, std::string> map_from_text(std::string_view text);

std::string levels_to_text(const std::map<std::string, FiringLevel>& levels);
std::map<std::string, FiringLevel> levels_from_text(std::string_view text);

// [["host", "=~", "web.*"], …]; one that does not compile any more is left out.
std::string matchers_to_text(const Matchers& matchers);
Matchers matchers_from_text(std::string_view text);

// What of an incident has no column of its own.
std::string detail_to_text(const Incident& incident);
void detail_from_text(std::string_view text, Incident& incident);

}  // namespace tocsin::bridge::codec
