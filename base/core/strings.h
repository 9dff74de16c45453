// Text without a locale: UTF-8 repair, numbers, case. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// Valid UTF-8 without NUL: every byte that is neither becomes U+FFFD.
std::string valid_utf8(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);
std::size_t utf8_length(std::string_view text);  // code points
// In double quotes, with Go's escapes: what Prometheus prints label values in.
std::string quote(std::string_view text);

// Shortest decimal that reads back the same; "NaN", "+Inf", "-Inf" as Prometheus writes them; an
// exponent for the very large and small, as Go's %g ("1e+06", Prometheus's text format, $value).
std::string format_double(double value);
// The same digits without an exponent: Prometheus's API and count_values.
std::string format_fixed(double value);
// Prometheus's numbers: decimal, exponent, hex, Inf, +Inf, -Inf, NaN in any case. No spaces.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<std::uint64_t> parse_uint(std::string_view text);

// As HTML, in an element or in a quoted attribute; the references are those of Go's templates.
std::string html_escaped(std::string_view text);

std::string_view trim(std::string_view text);
bool iequals(std::string_view a, std::string_view b);  // ASCII only

}  // namespace tocsin
