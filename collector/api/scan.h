// Taking apart what the kernel prints: lines, fields, numbers. Views into the caller's bytes; no
// allocation, no locale. Fields are separated by spaces and tabs.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/strings.h"

namespace tocsin::collector {

// Takes the next line off `rest`, without its newline. False at the end.
inline bool next_line(std::string_view& rest, std::string_view& line) {
    if (rest.empty()) return false;
    const std::size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return true;
}

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

// Takes the next field off `rest`. False when only blanks are left.
inline bool next_field(std::string_view& rest, std::string_view& field) {
    std::size_t begin = 0;
    while (begin < rest.size() && is_blank(rest[begin])) ++begin;
    std::size_t end = begin;
    while (end < rest.size() && !is_blank(rest[end])) ++end;
    field = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return !field.empty();
}

// The whole text as an unsigned decimal that fits 64 bits.
inline std::optional<std::uint64_t> to_uint(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end || text.empty()) return std::nullopt;
    return value;
}

// Takes the next field as a number. False when there is none or it is not one; `rest` has then
// lost that field.
inline bool next_uint(std::string_view& rest, std::uint64_t& value) {
    std::string_view field;
    if (!next_field(rest, field)) return false;
    const std::optional<std::uint64_t> number = to_uint(field);
    if (number) value = *number;
    return number.has_value();
}

// A number of a kernel file as Prometheus's exporters read it: plain digits fast, anything else
// (a sign, a point, more than 64 bits) as a double.
inline std::optional<double> to_number(std::string_view text) {
    if (const auto plain = to_uint(text)) return static_cast<double>(*plain);
    return parse_double(text);
}

}  // namespace tocsin::collector
