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

std::optional<std::string> said_in_chinese(std::span<const Phrase> table, std::string_view said,
                                           std::string_view language) {
    for (const Phrase& row : table) {
        if (row.id.starts_with(kPlace)) continue;  // it could begin with anything
        std::optional<std::vector<std::string>> places = places_of(row.id, said);
        if (!places) continue;
        for (std::string& text : *places) text = error_text(text, language);
        return filled(row.zh, *places);
    }
    return std::nullopt;
}

}  // namespace

std::string error_text(std::string_view said, std::string_view language) {
    if (!language.starts_with("zh")) return std::string(said);
    std::optional<std::string> chinese = said_in_chinese(error_catalogue(), said, language);
    if (!chinese) chinese = said_in_chinese(reason_catalogue(), said, language);
    return chinese ? *std::move(chinese) : std::string(said);
}

}  // namespace tocsin::bridge
