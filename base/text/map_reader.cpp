#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/core/strings.h"
#include "base/text/yaml.h"

namespace tocsin::text {

namespace {

std::string_view kind_name(YamlKind kind) {
    switch (kind) {
        case YamlKind::kNull:
            return "nothing";
        case YamlKind::kScalar:
            return "a single value";
        case YamlKind::kSequence:
            return "a list";
        case YamlKind::kMap:
            return "a map";
    }
    return "nothing";
}

// At most this much of a person's text goes into a message.
std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 80;
    if (utf8_length(text) <= kMost) return quote(text);
    return quote(valid_utf8(text.substr(0, kMost))) + "…";
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
    const std::string_view best = nearest(word, known);
    return best.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", best);
}

}  // namespace

MapReader::MapReader(YamlNode node, std::string_view what, Diagnostics& diagnostics)
    : node_(std::move(node)), what_(what), diagnostics_(diagnostics) {
    if (node_ && node_.kind() != YamlKind::kMap && node_.kind() != YamlKind::kNull) {
        diagnostics_.error(node_.position(),
                           fmt::format("{} must be a map of keys and values, not {}", what_,
                                       kind_name(node_.kind())));
        // What it has not has been said by that: it is nameless from here on, and silent.
        node_ = YamlNode{};
        what_.clear();
    }
}

YamlNode MapReader::node(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    return node_.find(key);
}

YamlNode MapReader::scalar(std::string_view key, std::string_view expected) {
    YamlNode value = node(key);
    if (!value || value.kind() == YamlKind::kScalar) return value;
    error(key, fmt::format("must be {}, not {}", expected, kind_name(value.kind())));
    return {};
}

void MapReader::error(std::string_view key, std::string message) {
    if (what_.empty()) return;
    diagnostics_.error(position_of(key), fmt::format("\"{}\": {}", key, message));
}

Position MapReader::position_of(std::string_view key) const {
    const YamlNode value = node_.find(key);
    return value ? value.position() : node_.position();
}

std::optional<std::string> MapReader::string(std::string_view key) {
    const YamlNode value = scalar(key, "a text");
    return value ? std::optional(std::string(value.scalar())) : std::nullopt;
}

std::optional<bool> MapReader::boolean(std::string_view key) {
    const YamlNode value = scalar(key, "true or false");
    if (!value) return std::nullopt;
    if (value.scalar() == "true") return true;
    if (value.scalar() == "false") return false;
    error(key, fmt::format("must be true or false, not {}", shown(value.scalar())));
    return std::nullopt;
}

std::optional<std::int64_t> MapReader::integer(std::string_view key, std::int64_t least,
                                               std::int64_t most) {
    const YamlNode value = scalar(key, "a whole number");
    if (!value) return std::nullopt;
    const auto number = parse_int(value.scalar());
    if (number && *number >= least && *number <= most) return number;
    error(key, fmt::format("must be a whole number from {} to {}, not {}", least, most,
                           shown(value.scalar())));
    return std::nullopt;
}

std::optional<double> MapReader::number(std::string_view key) {
    const YamlNode value = scalar(key, "a number");
    if (!value) return std::nullopt;
    const auto number = parse_double(value.scalar());
    if (!number) error(key, fmt::format("must be a number, not {}", shown(value.scalar())));
    return number;
}

std::optional<Duration> MapReader::duration(std::string_view key) {
    const YamlNode value = scalar(key, "a duration like 5m");
    if (!value) return std::nullopt;
    const auto parsed = parse_duration(value.scalar());
    if (parsed) return parsed.value();
    error(key, parsed.error().message);
    return std::nullopt;
}

std::optional<Bytes> MapReader::bytes(std::string_view key) {
    const YamlNode value = scalar(key, "a size like 20MiB");
    if (!value) return std::nullopt;
    const auto parsed = parse_bytes(value.scalar());
    if (parsed) return parsed.value();
    error(key, parsed.error().message);
    return std::nullopt;
}

std::optional<Ratio> MapReader::ratio(std::string_view key) {
    const YamlNode value = scalar(key, "a share like 80%");
    if (!value) return std::nullopt;
    const auto parsed = parse_ratio(value.scalar());
    if (parsed) return parsed.value();
    error(key, parsed.error().message);
    return std::nullopt;
}

std::vector<std::string> MapReader::strings(std::string_view key) {
    std::vector<std::string> out;
    const YamlNode value = node(key);
    if (!value) return out;
    if (value.kind() != YamlKind::kSequence) {
        error(key, fmt::format("must be a list like [a, b], not {}", kind_name(value.kind())));
        return out;
    }
    for (const YamlNode& item : value.items()) {
        if (item.kind() == YamlKind::kScalar) {
            out.emplace_back(item.scalar());
        } else {
            diagnostics_.error(item.position(),
                               fmt::format("\"{}\": must be a list of texts, here is {}", key,
                                           kind_name(item.kind())));
        }
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> MapReader::string_map(std::string_view key) {
    std::vector<std::pair<std::string, std::string>> out;
    const YamlNode value = node(key);
    if (!value || value.kind() == YamlKind::kNull) return out;
    if (value.kind() != YamlKind::kMap) {
        error(key, fmt::format("must be a map of texts, not {}", kind_name(value.kind())));
        return out;
    }
    for (const auto& [name, item] : value.entries()) {
        if (item.kind() == YamlKind::kScalar) {
            out.emplace_back(name, item.scalar());
        } else {
            diagnostics_.error(item.position(),
                               fmt::format("\"{}\" in \"{}\" must be a text, not {}", name, key,
                                           kind_name(item.kind())));
        }
    }
    return out;
}

std::optional<std::string> MapReader::choice(std::string_view key,
                                             std::span<const std::string_view> allowed) {
    const YamlNode value = scalar(key, fmt::format("one of {}", fmt::join(allowed, ", ")));
    if (!value) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), value.scalar()) != allowed.end()) {
        return std::string(value.scalar());
    }
    error(key, fmt::format("must be one of {}, not {}{}", fmt::join(allowed, ", "),
                           shown(value.scalar()), suggestion(value.scalar(), allowed)));
    return std::nullopt;
}

void MapReader::require(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    if (!node_.find(key) && !what_.empty()) {
        diagnostics_.error(node_.position(), fmt::format("{} needs the key \"{}\"", what_, key));
    }
}

void MapReader::finish() {
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    for (const auto& [name, value] : node_.entries()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        std::string hint = suggestion(name, known);
        if (hint.empty()) {
            hint = known.empty()
                       ? fmt::format(" in {}, which has none", what_)
                       : fmt::format(" in {}; known are {}", what_, fmt::join(known, ", "));
        }
        diagnostics_.error(node_.key_node(name).position(),
                           fmt::format("unknown key {}{}", shown(name), hint));
    }
}

}  // namespace tocsin::text
