#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/text/template_functions.h"

namespace tocsin::text {

namespace {

struct Verb {
    bool minus = false;
    bool plus = false;
    bool sharp = false;
    bool space = false;
    bool zero = false;
    std::size_t width = 0;
    std::optional<int> precision;
    char letter = '\0';
};

constexpr std::size_t kMostWidth = 10'000;

std::size_t digits(std::string_view& rest) {
    std::size_t n = 0;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        n = std::min(n * 10 + static_cast<std::size_t>(rest.front() - '0'), kMostWidth);
        rest.remove_prefix(1);
    }
    return n;
}

// Takes what follows a '%' from `rest`.
Verb read_verb(std::string_view& rest) {
    Verb v;
    for (; !rest.empty(); rest.remove_prefix(1)) {
        const char c = rest.front();
        if (c == '-') {
            v.minus = true;
        } else if (c == '+') {
            v.plus = true;
        } else if (c == '#') {
            v.sharp = true;
        } else if (c == ' ') {
            v.space = true;
        } else if (c == '0') {
            v.zero = true;
        } else {
            break;
        }
    }
    v.width = digits(rest);
    if (!rest.empty() && rest.front() == '.') {
        rest.remove_prefix(1);
        v.precision = static_cast<int>(std::min<std::size_t>(digits(rest), 400));
    }
    if (!rest.empty()) {
        v.letter = rest.front();
        rest.remove_prefix(1);
    }
    return v;
}

std::string padded(const Verb& v, std::string text, bool number) {
    const std::size_t length = utf8_length(text);
    if (length >= v.width) return text;
    const std::size_t fill = v.width - length;
    if (v.minus) return text + std::string(fill, ' ');
    const bool digits_only = text.find_first_of("0123456789") != std::string::npos;
    if (v.zero && number && digits_only) {
        const std::size_t sign = text[0] == '-' || text[0] == '+' || text[0] == ' ' ? 1 : 0;
        return text.insert(sign, fill, '0');
    }
    return std::string(fill, ' ') + text;
}

std::string signed_text(const Verb& v, bool negative, const std::string& magnitude) {
    if (negative) return "-" + magnitude;
    if (v.plus) return "+" + magnitude;
    return v.space ? " " + magnitude : magnitude;
}

std::string float_text(const Verb& v, double value) {
    const bool negative = std::signbit(value) && !std::isnan(value);
    const double magnitude = std::fabs(value);
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return negative ? "-Inf" : "+Inf";
    const bool shortest = !v.precision && (v.letter == 'g' || v.letter == 'G' || v.letter == 'v');
    if (shortest) {
        std::string text = format_double(magnitude);
        if (v.letter == 'G') std::replace(text.begin(), text.end(), 'e', 'E');
        return signed_text(v, negative, text);
    }
    const int precision = v.precision.value_or(6);
    switch (v.letter) {
        case 'e':
            return signed_text(v, negative, fmt::format("{:.{}e}", magnitude, precision));
        case 'E':
            return signed_text(v, negative, fmt::format("{:.{}E}", magnitude, precision));
        case 'f':
        case 'F':
            return signed_text(v, negative, fmt::format("{:.{}f}", magnitude, precision));
        case 'G':
            return signed_text(v, negative, fmt::format("{:.{}G}", magnitude, precision));
        default:
            return signed_text(v, negative, fmt::format("{:.{}g}", magnitude, precision));
    }
}

std::optional<std::string> int_text(const Verb& v, std::int64_t value) {
    const bool negative = value < 0;
    const auto bits = static_cast<std::uint64_t>(value);
    const std::uint64_t magnitude = negative ? 0 - bits : bits;
    switch (v.letter) {
        case 'd':
        case 'v':
            return signed_text(v, negative, fmt::format("{}", magnitude));
        case 'x':
            return signed_text(v, negative, fmt::format("{}{:x}", v.sharp ? "0x" : "", magnitude));
        case 'X':
            return signed_text(v, negative, fmt::format("{}{:X}", v.sharp ? "0X" : "", magnitude));
        case 'o':
            return signed_text(v, negative, fmt::format("{}{:o}", v.sharp ? "0" : "", magnitude));
        case 'b':
            return signed_text(v, negative, fmt::format("{:b}", magnitude));
        default:
            return std::nullopt;
    }
}

std::optional<std::string> string_text(const Verb& v, const std::string& value) {
    std::string text = value;
    if (v.precision) {
        std::size_t end = 0;
        for (int n = 0; end < text.size(); ++end) {
            const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
            if (starts && n++ == *v.precision) break;
        }
        text.resize(end);
    }
    switch (v.letter) {
        case 's':
        case 'v':
            return text;
        case 'q':
            return quote(text);
        case 'x':
            return hex(text);
        default:
            return std::nullopt;
    }
}

std::string bad(char letter, std::string_view type, const Value& value) {
    return fmt::format("%!{}({}={})", letter, type, to_text(value));
}

std::string one(const Verb& v, const Value& value) {
    if (const auto* s = std::get_if<std::string>(&value.get())) {
        const auto text = string_text(v, *s);
        return text ? padded(v, *text, false) : bad(v.letter, "string", value);
    }
    if (const auto* b = std::get_if<bool>(&value.get())) {
        if (v.letter != 't' && v.letter != 'v') return bad(v.letter, "bool", value);
        return padded(v, *b ? "true" : "false", false);
    }
    if (const auto* i = std::get_if<std::int64_t>(&value.get())) {
        if (const auto text = int_text(v, *i)) return padded(v, *text, true);
        return bad(v.letter, "int", value);
    }
    if (const auto* d = std::get_if<double>(&value.get())) {
        if (std::string_view("eEfFgGv").find(v.letter) != std::string_view::npos) {
            return padded(v, float_text(v, *d), std::isfinite(*d));
        }
        return bad(v.letter, "float64", value);
    }
    if (std::holds_alternative<std::monostate>(value.get())) {
        return v.letter == 'v' ? padded(v, "<nil>", false) : fmt::format("%!{}(<nil>)", v.letter);
    }
    if (v.letter == 'v' || v.letter == 's') return padded(v, to_text(value), false);
    return bad(v.letter, "map", value);
}

}  // namespace

Result<std::string> template_printf(std::string_view format, std::span<const Value> arguments) {
    std::string out;
    std::size_t used = 0;
    while (!format.empty()) {
        const std::size_t percent = std::min(format.find('%'), format.size());
        out += format.substr(0, percent);
        format.remove_prefix(percent);
        if (format.empty()) break;
        format.remove_prefix(1);
        const Verb v = read_verb(format);
        if (v.letter == '\0') {
            out += "%!(NOVERB)";
        } else if (v.letter == '%') {
            out += '%';
        } else if (used >= arguments.size()) {
            out += fmt::format("%!{}(MISSING)", v.letter);
        } else {
            out += one(v, arguments[used++]);
        }
        if (out.size() > kMostTemplateBytes) {
            return Error(ErrorCode::kTooLarge, "printf makes too long a text");
        }
    }
    if (used < arguments.size()) {
        out += "%!(EXTRA ";
        for (std::size_t i = used; i < arguments.size(); ++i) {
            out += (i > used ? ", " : "") + to_text(arguments[i]);
        }
        out += ")";
    }
    return out;
}

}  // namespace tocsin::text
