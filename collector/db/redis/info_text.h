// Taking apart the text of INFO: sections, `field:value` lines, lists "a=1,b=2". Views into the
// caller's bytes. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/core/strings.h"
#include "collector/api/scan.h"

namespace tocsin::collector {

// Takes the next field off `rest`; `section` stays as it is until another one begins.
inline bool next_info_field(std::string_view& rest, std::string_view& section,
                            std::string_view& field, std::string_view& value) {
    std::string_view line;
    while (next_line(rest, line)) {
        line = trim(line);
        if (line.starts_with("# ")) section = line.substr(2);
        const std::size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        field = line.substr(0, colon);
        value = line.substr(colon + 1);
        return true;
    }
    return false;
}

// The value of `key` in "a=1,b=2"; a name in front may have ended in a colon of its own.
inline std::optional<std::string_view> info_part(std::string_view list, std::string_view key) {
    while (list.starts_with(':')) list.remove_prefix(1);
    while (!list.empty()) {
        const std::size_t end = list.find(',');
        const std::string_view item = list.substr(0, end);
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
        if (item.starts_with(key) && item.substr(key.size()).starts_with('=')) {
            return item.substr(key.size() + 1);
        }
    }
    return std::nullopt;
}

inline std::optional<double> info_number(std::string_view list, std::string_view key) {
    const auto text = info_part(list, key);
    return text ? to_number(*text) : std::nullopt;
}

inline std::optional<double> info_value(std::string_view text) {
    if (text == "ok" || text == "true") return 1;
    if (text == "err" || text == "fail" || text == "false") return 0;
    return to_number(text);
}

inline bool info_numbered(std::string_view field, std::string_view prefix) {
    return field.starts_with(prefix) && to_uint(field.substr(prefix.size())).has_value();
}

}  // namespace tocsin::collector
