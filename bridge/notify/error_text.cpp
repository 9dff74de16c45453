#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/notify/catalogue.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

constexpr std::string_view kPlace = "{}";

// What stands in the pattern's places where the sentence is of it.
std::optional<std::vector<std::string>> places_of(std::string_view pattern, std::string_view said) {
    std::vector<std::string> out;
    std::size_t place = pattern.find(kPlace);
    if (!said.starts_with(pattern.substr(0, place))) return std::nullopt;
    said.remove_prefix(std::min(place, pattern.size()));
    while (place != std::string_view::npos) {
        pattern.remove_prefix(place + kPlace.size());
        place = pattern.find(kPlace);
        const std::string_view after = pattern.substr(0, place);
        // The last place goes as far as it can, the others no further than they must.
        const std::size_t end =
            place == std::string_view::npos
                ? (said.ends_with(after) ? said.size() - after.size() : std::string_view::npos)
                : said.find(after);
        if (end == std::string_view::npos) return std::nullopt;
        out.emplace_back(said.substr(0, end));
        said.remove_prefix(end + after.size());
    }
    if (!said.empty()) return std::nullopt;
    return out;
}

// How deep sentences stand in each other: a token is wanted, why there is none, and what about it.
constexpr int kDeepest = 3;

std::string in_chinese(std::string_view said, int depth);

// Whether what stands in the last place is a sentence of ours. Names and texts of others are said
// as they are, whatever they look like.
bool ends_with_sentence(std::string_view pattern) {
    return pattern.ends_with(": {}") || pattern.ends_with("\"{}");
}

std::optional<std::string> said_in_chinese(std::span<const Phrase> table, std::string_view said,
                                           int depth) {
    for (const Phrase& row : table) {
        if (row.id.starts_with(kPlace)) continue;  // it could begin with anything
        std::optional<std::vector<std::string>> places = places_of(row.id, said);
        if (!places) continue;
        if (ends_with_sentence(row.id)) places->back() = in_chinese(places->back(), depth + 1);
        return filled(row.zh, *places);
    }
    return std::nullopt;
}

std::string in_chinese(std::string_view said, int depth) {
    std::optional<std::string> chinese;
    if (depth < kDeepest) chinese = said_in_chinese(error_catalogue(), said, depth);
    if (depth < kDeepest && !chinese) chinese = said_in_chinese(reason_catalogue(), said, depth);
    return chinese ? *std::move(chinese) : std::string(said);
}

}  // namespace

std::string error_text(std::string_view said, std::string_view language) {
    return language.starts_with("zh") ? in_chinese(said, 0) : std::string(said);
}

}  // namespace tocsin::bridge
