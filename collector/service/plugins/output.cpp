#include "collector/service/plugins/output.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// For the log, where a character that is cut apart would be an odd one.
std::string readable(std::string_view text) {
    std::size_t end = std::min(text.size(), PluginOutput::kMostText);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    if (end < text.size()) {
        while (end > PluginOutput::kMostText - 4 && continues(text[end])) --end;
    }
    std::string out = valid_utf8(text.substr(0, end));
    return end < text.size() ? out + "…" : out;
}

// A plugin run under another locale would print a decimal comma.
std::optional<double> to_value(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), ',', '.');
    const auto value = parse_double(plain);
    if (!value || !std::isfinite(*value)) return std::nullopt;
    return value;
}

// How much of it is a number, an exponent included; the unit comes after it.
std::size_t number_length(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789";
    const std::size_t end = std::min(text.find_first_not_of("0123456789.,+-"), text.size());
    if (end == text.size() || (text[end] != 'e' && text[end] != 'E')) return end;
    std::size_t power = end + 1;
    if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
    const std::size_t after = std::min(text.find_first_not_of(kDigits, power), text.size());
    return after > power ? after : end;
}

// 'it''s one' is quoted, a doubled quote within is one; without quotes a label ends at the =.
bool take_label(std::string_view& rest, std::string& label) {
    if (!rest.starts_with('\'')) {
        const std::size_t end = rest.find_first_of("= \t\r\n");
        if (end == std::string_view::npos || rest[end] != '=') return false;
        label = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        return !label.empty();
    }
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != '\'') {
            label += rest[i];
            continue;
        }
        if (i + 1 < rest.size() && rest[i + 1] == '\'') {
            label += rest[++i];
            continue;
        }
        if (i + 1 >= rest.size() || rest[i + 1] != '=') return false;
        rest.remove_prefix(i + 2);
        return !label.empty();
    }
    return false;
}

// The next of the parts that semicolons separate; empty when there are no more.
std::string_view next_part(std::string_view& rest) {
    const std::size_t end = rest.find(';');
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

// Takes one item off `rest` up to the next blank; its label may hold blanks when quoted.
std::optional<PerformanceValue> take_item(std::string_view& rest, bool& unknown) {
    PerformanceValue item;
    const std::string_view whole = rest;
    const bool labelled = take_label(rest, item.label);
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    std::string_view parts = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!labelled) {
        if (rest.size() == whole.size()) rest.remove_prefix(1);
        return std::nullopt;
    }
    const std::string_view first = next_part(parts);
    // "U": the value could not be determined; no number to report.
    unknown = first == "U";
    const std::size_t unit = number_length(first);
    const auto value = to_value(first.substr(0, unit));
    if (!value) return std::nullopt;
    item.value = *value;
    item.unit = first.substr(unit);
    item.warning = parse_plugin_range(next_part(parts));
    item.critical = parse_plugin_range(next_part(parts));
    item.minimum = to_value(next_part(parts));
    item.maximum = to_value(next_part(parts));
    return item;
}

void read_performance(std::string_view text, PluginOutput& out) {
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const std::string_view before = text;
        bool unknown = false;
        auto item = take_item(text, unknown);
        if (!item) {
            const std::string_view taken = before.substr(0, before.size() - text.size());
            if (!unknown) out.malformed.emplace_back(trimmed(taken));
            continue;
        }
        const bool known =
            std::any_of(out.values.begin(), out.values.end(),
                        [&](const PerformanceValue& v) { return v.label == item->label; });
        if (!known) out.values.push_back(std::move(*item));
    }
}

}  // namespace

std::optional<PluginRange> parse_plugin_range(std::string_view text) {
    PluginRange range;
    if (text.starts_with('@')) {
        range.alert_inside = true;
        text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        range.lower = 0;
        range.upper = to_value(text);
        return range.upper ? std::optional(range) : std::nullopt;
    }
    const std::string_view low = text.substr(0, colon);
    const std::string_view high = text.substr(colon + 1);
    if (low.empty()) {
        range.lower = 0;
    } else if (low != "~") {
        range.lower = to_value(low);
        if (!range.lower) return std::nullopt;
    }
    if (!high.empty()) {
        range.upper = to_value(high);
        if (!range.upper) return std::nullopt;
    }
    if (range.lower && range.upper && *range.lower > *range.upper) return std::nullopt;
    return range;
}

PluginOutput parse_plugin_output(std::string_view output) {
    PluginOutput out;
    const std::size_t newline = output.find('\n');
    const std::string_view first = output.substr(0, newline);
    const std::size_t bar = first.find('|');
    out.text = readable(trimmed(first.substr(0, bar)));
    if (bar != std::string_view::npos) read_performance(first.substr(bar + 1), out);
    if (newline != std::string_view::npos) {
        const std::string_view rest = output.substr(newline + 1);
        const std::size_t second = rest.find('|');
        if (second != std::string_view::npos) read_performance(rest.substr(second + 1), out);
    }
    return out;
}

}  // namespace tocsin::collector
