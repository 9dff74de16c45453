#include "base/text/template_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/core/overloaded.h"
#include "base/core/strings.h"
#include "base/text/template_functions.h"
#include "base/text/template_text.h"
#include "base/text/unicode.h"

namespace tocsin::text {

namespace {

using MapPtr = std::shared_ptr<const ValueMap>;
using ListPtr = std::shared_ptr<const ValueList>;
using Flags = FormatFlags;

std::string padded(const Flags& f, std::string text) {
    const std::size_t length = utf8_length(text);
    if (length >= f.width) return text;
    const std::size_t fill = f.width - length;
    if (f.minus) return text + std::string(fill, ' ');
    return std::string(fill, f.zero ? '0' : ' ') + text;
}

std::string padded_with_blanks(Flags f, std::string text) {
    f.zero = false;
    return padded(f, std::move(text));
}

std::string sign_of(const Flags& f, bool negative) {
    return negative ? "-" : f.plus ? "+" : f.space ? " " : "";
}

std::string int_text(const Flags& f, std::string_view verb, std::int64_t value) {
    const bool negative = value < 0;
    const auto bits = static_cast<std::uint64_t>(value);
    const std::uint64_t magnitude = negative ? 0 - bits : bits;
    const char letter = verb[0];
    std::string digits = letter == 'b'                    ? fmt::format("{:b}", magnitude)
                         : letter == 'o' || letter == 'O' ? fmt::format("{:o}", magnitude)
                         : letter == 'x'                  ? fmt::format("{:x}", magnitude)
                         : letter == 'X'                  ? fmt::format("{:X}", magnitude)
                                                          : fmt::format("{}", magnitude);
    const std::string sign = sign_of(f, negative);
    std::size_t least = 0;
    if (f.precision) {
        if (*f.precision == 0 && value == 0) return padded_with_blanks(f, "");
        least = static_cast<std::size_t>(*f.precision);
    } else if (f.zero) {
        least = f.width - std::min(f.width, sign.size());
    }
    if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
    if (f.sharp) {
        if (letter == 'b') digits.insert(0, "0b");
        if (letter == 'o' && digits[0] != '0') digits.insert(0, "0");
        if (letter == 'x') digits.insert(0, "0x");
        if (letter == 'X') digits.insert(0, "0X");
    }
    if (letter == 'O') digits.insert(0, "0o");
    return padded_with_blanks(f, sign + digits);
}

std::string utf8_of(std::int64_t c) {
    std::string out;
    append_utf8(out, c < 0 || c > 0x10FFFF ? kReplacement : static_cast<std::uint32_t>(c));
    return out;
}

// %U: U+0041, with '#' the character too.
std::string code_point(const Flags& f, std::int64_t c) {
    std::string out = fmt::format("U+{:0{}X}", static_cast<std::uint64_t>(c),
                                  std::max(4, f.precision.value_or(4)));
    const bool known = c >= 0 && c <= 0x10FFFF;
    if (f.sharp && known && is_printable(static_cast<std::uint32_t>(c))) {
        out += " '" + utf8_of(c) + "'";
    }
    return padded_with_blanks(f, out);
}

// The digits of a number that is neither NaN nor infinite, without its sign.
std::string float_digits(const Flags& f, char letter, double v) {
    const char kind = letter == 'v' ? 'g' : letter == 'F' ? 'f' : letter;
    if (kind == 'x' || kind == 'X') {
        std::string out =
            f.precision ? fmt::format("{:.{}a}", v, *f.precision) : fmt::format("{:a}", v);
        const std::size_t exponent = out.find('p') + 2;  // Go's has two digits at least
        if (out.size() - exponent < 2) out.insert(exponent, "0");
        if (kind == 'X') {
            std::transform(out.begin(), out.end(), out.begin(), [](char c) {
                return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
            });
        }
        return out;
    }
    if (!f.precision && !f.sharp && (kind == 'g' || kind == 'G')) {
        std::string out = format_double(v);
        if (kind == 'G') std::replace(out.begin(), out.end(), 'e', 'E');
        return out;
    }
    const std::string format =
        fmt::format("{{:{}.{}{}}}", f.sharp ? "#" : "", f.precision.value_or(6), kind);
    return fmt::format(fmt::runtime(format), v);
}

std::string float_text(const Flags& f, char letter, double v) {
    const bool negative = std::signbit(v) && !std::isnan(v);
    if (std::isnan(v)) return padded_with_blanks(f, sign_of(f, false) + "NaN");
    if (std::isinf(v)) {
        return padded_with_blanks(f, negative ? "-Inf" : f.space && !f.plus ? " Inf" : "+Inf");
    }
    const std::string sign = sign_of(f, negative);
    std::string digits = float_digits(f, letter, std::fabs(v));
    // Zeros stand between the sign and the digits.
    const std::size_t length = sign.size() + digits.size();
    if (f.zero && length < f.width) digits.insert(0, f.width - length, '0');
    return padded(f, sign + digits);
}

// As many characters as the precision says.
std::string_view cut(const Flags& f, std::string_view text) {
    std::size_t at = 0;
    for (int n = 0; f.precision && at < text.size() && n < *f.precision; ++n) {
        next_character(text, at);
    }
    return f.precision ? text.substr(0, at) : text;
}

std::string hex_text(const Flags& f, char letter, std::string_view text) {
    if (f.precision) text = text.substr(0, static_cast<std::size_t>(*f.precision));
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (f.space && i > 0) out += ' ';
        if (f.sharp && (f.space || i == 0)) out += letter == 'x' ? "0x" : "0X";
        out += letter == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
    }
    return padded(f, out);
}

std::string quoted_text(const Flags& f, std::string_view text) {
    const bool raw = std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F || c == '`';
    });
    if (f.sharp && raw && is_valid_utf8(text) && text.find("\xEF\xBB\xBF") == std::string::npos) {
        return padded(f, "`" + std::string(text) + "`");
    }
    return padded(f, go_quoted(text, '"', f.plus ? Printed::kAscii : Printed::kUnicode));
}

}  // namespace

std::string_view go_type(const Value& value) {
    using Name = std::string_view;
    return std::visit(
        Overloaded{[](std::monostate) -> Name { return "<nil>"; },
                   [](bool) -> Name { return "bool"; }, [](double) -> Name { return "float64"; },
                   [](std::int64_t) -> Name { return "int"; },
                   [](Timestamp) -> Name { return "*time.Time"; },
                   [](const std::string&) -> Name { return "string"; },
                   [](const MapPtr& m) -> Name {
                       if (m->contains("Labels")) return "*template.sample";
                       const bool texts = std::holds_alternative<std::string>(missing_of(*m).get());
                       return texts ? "map[string]string" : "map[string]interface {}";
                   },
                   [](const ListPtr&) -> Name { return "template.queryResult"; }},
        value.get());
}

namespace {

std::string bad(const Flags& f, std::string_view verb, const Value& value) {
    if (std::holds_alternative<std::monostate>(value.get())) {
        return fmt::format("%!{}(<nil>)", verb);
    }
    return fmt::format("%!{}({}={})", verb, go_type(value), formatted(f, "v", value));
}

bool is_one_of(std::string_view verb, std::string_view letters) {
    return verb.size() == 1 && letters.find(verb[0]) != std::string_view::npos;
}

std::string one_int(const Flags& f, std::string_view verb, std::int64_t value) {
    if (is_one_of(verb, "vdboOxX")) return int_text(f, verb, value);
    if (verb == "c") return padded(f, utf8_of(value));
    if (verb == "q") {
        return padded(
            f, go_quoted(utf8_of(value), '\'', f.plus ? Printed::kAscii : Printed::kUnicode));
    }
    if (verb == "U") return code_point(f, value);
    return bad(f, verb, Value(value));
}

std::string one_text(const Flags& f, std::string_view verb, const std::string& value) {
    if (verb == "v" && f.go_syntax) return quoted_text(f, value);
    if (is_one_of(verb, "vs")) return padded(f, std::string(cut(f, value)));
    if (verb == "q") return quoted_text(f, cut(f, value));
    if (is_one_of(verb, "xX")) return hex_text(f, verb[0], value);
    return bad(f, verb, Value(value));
}

std::string one_map(const Flags& f, std::string_view verb, const MapPtr& map) {
    const bool go = f.go_syntax && verb == "v";
    std::string out = go ? std::string(go_type(Value(*map))) + "{" : "map[";
    const std::size_t begin = out.size();
    for (const auto& [name, item] : *map) {
        if (out.size() > begin) out += go ? ", " : " ";
        if (out.size() > kMostTemplateBytes) break;
        out += formatted(f, verb, Value(name)) + ":" + formatted(f, verb, item);
    }
    return out + (go ? "}" : "]");
}

std::string one_list(const Flags& f, std::string_view verb, const ListPtr& list) {
    std::string out = "[";
    for (const Value& item : *list) {
        if (out.size() > 1) out += ' ';
        if (out.size() > kMostTemplateBytes) break;
        out += formatted(f, verb, item);
    }
    return out + "]";
}

}  // namespace

std::string formatted(const FormatFlags& f, std::string_view verb, const Value& value) {
    if (verb == "T") return padded(f, std::string(cut(f, go_type(value))));
    if (verb == "p") return bad(f, verb, value);
    return std::visit(Overloaded{[&](std::monostate) {
                                     return verb == "v" ? padded(f, "<nil>") : bad(f, verb, value);
                                 },
                                 [&](bool v) {
                                     return is_one_of(verb, "tv") ? padded(f, v ? "true" : "false")
                                                                  : bad(f, verb, value);
                                 },
                                 [&](double v) {
                                     return is_one_of(verb, "eEfFgGvxX") ? float_text(f, verb[0], v)
                                                                         : bad(f, verb, value);
                                 },
                                 [&](std::int64_t v) { return one_int(f, verb, v); },
                                 [&](Timestamp v) { return one_text(f, verb, time_text(v)); },
                                 [&](const std::string& v) { return one_text(f, verb, v); },
                                 [&](const MapPtr& v) { return one_map(f, verb, v); },
                                 [&](const ListPtr& v) { return one_list(f, verb, v); }},
                      value.get());
}

}  // namespace tocsin::text
