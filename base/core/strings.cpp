#include "base/core/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace tocsin {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the well-formed UTF-8 sequence that starts at `at` (Unicode, table 3-7), 0 if none.
std::size_t sequence_length(std::string_view s, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0U;
    };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) {
        return byte(i) >= low && byte(i) <= high;
    };
    const unsigned b = byte(0);
    if (b < 0x80) return 1;
    if (b < 0xC2 || b > 0xF4) return 0;
    if (b < 0xE0) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (b < 0xF0) {
        const unsigned low = b == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = b == 0xED ? 0x9F : 0xBF;  // no surrogates
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    const unsigned low = b == 0xF0 ? 0x90 : 0x80;
    const unsigned high = b == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
}

}  // namespace

std::string valid_utf8(std::string_view bytes) {
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte != 0 && byte < 0x80;
        })) {
        return std::string(bytes);  // ASCII, as nearly all is
    }
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t n = bytes[i] == '\0' ? 0 : sequence_length(bytes, i);
        out += n == 0 ? kReplacement : bytes.substr(i, n);
        i += n == 0 ? 1 : n;
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t n = bytes[i] == '\0' ? 0 : sequence_length(bytes, i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

std::size_t utf8_length(std::string_view text) {
    std::size_t n = 0;
    for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return n;
}

std::string quote(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\"\\";
        constexpr std::string_view kEscaped = "abfnrtv\"\\";
        const std::size_t known = kPlain.find(c);
        if (known != std::string_view::npos) {
            out += '\\';
            out += kEscaped[known];
        } else if (b < 0x20 || b == 0x7F) {
            out += "\\x";
            out += kDigits[b >> 4U];
            out += kDigits[b & 15U];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

namespace {

std::optional<std::string> special_double(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return std::nullopt;
}

}  // namespace

std::string format_double(double value) {
    if (auto special = special_double(value)) return *special;
    std::array<char, 64> buffer{};
    auto end =
        std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::scientific).ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t e = text.find('e');
    int exponent = 0;
    const std::size_t sign = text[e + 1] == '+' ? 1 : 0;
    std::from_chars(text.data() + e + 1 + sign, text.data() + text.size(), exponent);
    // Go's %g, which is what Prometheus's text format and its templates use: beyond these bounds
    // an exponent is written.
    if (exponent < -4 || exponent >= 6) return std::string(text);
    end = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed).ptr;
    return std::string(buffer.data(), end);
}

std::string format_fixed(double value) {
    if (auto special = special_double(value)) return *special;
    std::array<char, 400> buffer{};  // the longest is 5e-324: 326 characters
    const auto end =
        std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed).ptr;
    return std::string(buffer.data(), end);
}

namespace {

std::optional<double> parse_hex(std::string_view digits) {
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                              std::chars_format::hex);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// from_chars says "out of range" both ways: too small is zero, too large is no number.
bool underflows(std::string_view number) {
    const std::size_t e = number.find_first_of("eE");
    if (e != std::string_view::npos) return e + 1 < number.size() && number[e + 1] == '-';
    return number.substr(0, number.find('.')).find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
    double sign = 1;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        sign = text.front() == '-' ? -1 : 1;
        text.remove_prefix(1);
    }
    if (iequals(text, "inf") || iequals(text, "infinity")) {
        return sign * std::numeric_limits<double>::infinity();
    }
    if (iequals(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        if (text[2] == '-' || text[2] == '+') return std::nullopt;
        const auto value = parse_hex(text.substr(2));
        return value ? std::optional(sign * *value) : std::nullopt;
    }
    // from_chars takes more spellings than Prometheus does: a second sign, nan(…).
    if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos || text.empty() ||
        text.front() == '-' || text.front() == '+') {
        return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        return underflows(text) ? std::optional(sign * 0.0) : std::nullopt;
    }
    return error == std::errc{} ? std::optional(sign * value) : std::nullopt;
}

namespace {

template <class T>
std::optional<T> parse_integer(std::string_view text) {
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::int64_t> parse_int(std::string_view text) {
    return parse_integer<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_uint(std::string_view text) {
    return parse_integer<std::uint64_t>(text);
}

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&#34;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

}  // namespace tocsin
