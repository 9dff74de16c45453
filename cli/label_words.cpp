#include "cli/label_words.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"

namespace tocsin::cli {

namespace {

constexpr std::string_view kForm =
    "write alertname=DiskFull,host=web-1 or {alertname=\"DiskFull\"}";

Error bad(std::string_view what) {
    return Error(ErrorCode::kInvalid, fmt::format("{}; {}", what, kForm));
}

// At the commas outside of quotes. None when a quote is not closed.
std::optional<std::vector<std::string_view>> split(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t from = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && quoted) {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == ',' && !quoted) {
            out.push_back(text.substr(from, i - from));
            from = i + 1;
        }
    }
    if (quoted) return std::nullopt;
    out.push_back(text.substr(from));
    return out;
}

// What `in` has outside of its quotes, which only a value has.
bool has_blank(std::string_view in) {
    return in.substr(0, in.find('"')).find_first_of(" \t\n") != std::string_view::npos;
}

Result<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals != std::string_view::npos && name.ends_with('!')) {
        return bad(fmt::format("{}: an alert has its labels, so only \"=\" is taken", quote(text)));
    }
    if (equals == std::string_view::npos || !is_label_name(name)) {
        return bad(fmt::format("{} is not name=value", quote(text)));
    }
    if (has_blank(text)) {
        return bad(fmt::format(
            "{}: commas stand between labels, and a value with a blank in quotes", quote(text)));
    }
    const std::string_view value = text.substr(equals + 1);
    if (value.starts_with('~') || value.starts_with('=')) {
        return bad(fmt::format("{}: an alert has its labels, so only \"=\" is taken", quote(text)));
    }
    if (value.starts_with('\'')) {
        return bad(fmt::format("{}: quotes are double quotes", quote(text)));
    }
    if (value.find('"') == std::string_view::npos) {
        return std::pair(std::string(name), valid_utf8(value));
    }
    const auto matcher = parse_matcher(text);
    if (!matcher) return bad(matcher.error().message);
    return std::pair(std::string(name), matcher.value().value());
}

}  // namespace

Result<std::map<std::string, std::string>> parse_label_words(
    const std::vector<std::string>& words) {
    std::map<std::string, std::string> out;
    for (const std::string& word : words) {
        std::string_view text = trim(word);
        if (text.starts_with('{') != text.ends_with('}')) {
            return bad(fmt::format("{}: braces go around the whole", quote(word)));
        }
        if (text.starts_with('{')) text = trim(text.substr(1, text.size() - 2));
        // Prometheus allows one at the end, and a shell leaves one before its next word.
        if (text.ends_with(',')) text.remove_suffix(1);
        const auto pieces = split(text);
        if (!pieces) return bad(fmt::format("{}: a quote is not closed", quote(word)));
        for (const std::string_view piece : *pieces) {
            TOCSIN_TRY(auto pair, parse_pair(trim(piece)));
            const auto [known, fresh] = out.insert(std::move(pair));
            if (!fresh) return bad(fmt::format("{} is there twice", known->first));
        }
    }
    return out;
}

}  // namespace tocsin::cli
