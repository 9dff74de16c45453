#include "base/text/unicode.h"

#include <fmt/format.h>
#include <locale.h>
#include <re2/re2.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tocsin::text {

namespace {

using Range = std::pair<std::uint32_t, std::uint32_t>;

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, std::uint32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](const Range& r) { return c >= r.first && c <= r.second; });
}

// The C library's tables of Unicode, whatever the process's own locale is. Null where the system
// has none: then there is only ASCII.
locale_t unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

std::string all_cased(std::string_view text, Case to) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        append_utf8(out, cased(next_character(text, at), to));
    }
    return out;
}

// A character in quotes.
void append_escaped(std::string& out, std::uint32_t c, char mark, Printed as) {
    constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\";
    constexpr std::string_view kEscaped = "abfnrtv\\";
    const std::size_t known = c < 0x80 ? kPlain.find(static_cast<char>(c)) : std::string_view::npos;
    if (c == static_cast<unsigned char>(mark)) {
        out += {'\\', mark};
    } else if (known != std::string_view::npos) {
        out += {'\\', kEscaped[known]};
    } else if (is_printable(c) && (c < 0x80 || as == Printed::kUnicode)) {
        append_utf8(out, c);
    } else if (c < 0x20 || c == 0x7F) {
        out += fmt::format("\\x{:02x}", c);
    } else {
        out += c < 0x10000 ? fmt::format("\\u{:04x}", c) : fmt::format("\\U{:08x}", c);
    }
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&out](std::uint32_t b) { out += static_cast<char>(b); };
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | (c >> 6U));
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | (c >> 12U));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | (c >> 18U));
        put(0x80U | ((c >> 12U) & 0x3FU));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

std::uint32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t lead = byte(at);
    if (lead < 0x80) return text[at++] & 0x7F;
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    std::uint32_t c = lead & (0x3FU >> more);
    bool good = lead >= 0xC2 && lead <= 0xF4 && at + more < text.size();
    for (std::size_t i = 1; good && i <= more; ++i) {
        good = (byte(at + i) & 0xC0U) == 0x80U;
        c = (c << 6U) | (byte(at + i) & 0x3FU);
    }
    constexpr std::array<std::uint32_t, 4> kLeast{0, 0x80, 0x800, 0x10000};
    good = good && c >= kLeast[more] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    at += good ? more + 1 : 1;
    return good ? c : kReplacement;
}

std::uint32_t cased(std::uint32_t c, Case to) {
    const locale_t locale = unicode();
    if (locale == nullptr || c < 0x80) {
        const bool lower = c >= 'a' && c <= 'z';
        const bool upper = c >= 'A' && c <= 'Z';
        if (to == Case::kLower) return upper ? c + 32 : c;
        return lower ? c - 32 : c;
    }
    switch (to) {
        case Case::kUpper:
            return towupper_l(c, locale);
        case Case::kLower:
            return towlower_l(c, locale);
        case Case::kTitle:
            return towctrans_l(c, wctrans_l("totitle", locale), locale);
    }
    return c;
}

std::string to_upper(std::string_view text) {
    return all_cased(text, Case::kUpper);
}

std::string to_lower(std::string_view text) {
    return all_cased(text, Case::kLower);
}

bool is_printable(std::uint32_t c) {
    if (c < 0x80) return c >= 0x20 && c < 0x7F;
    static const re2::RE2 printable("[\\pL\\pM\\pN\\pP\\pS]");
    std::string text;
    append_utf8(text, c);
    return re2::RE2::FullMatch(text, printable);
}

bool is_space(std::uint32_t c) {
    constexpr std::array<Range, 10> kBlanks{{{0x9, 0xD},
                                             {0x20, 0x20},
                                             {0x85, 0x85},
                                             {0xA0, 0xA0},
                                             {0x1680, 0x1680},
                                             {0x2000, 0x200A},
                                             {0x2028, 0x2029},
                                             {0x202F, 0x202F},
                                             {0x205F, 0x205F},
                                             {0x3000, 0x3000}}};
    return is_in(kBlanks, c);
}

std::string go_quoted(std::string_view text, char mark, Printed as) {
    std::string out(1, mark);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const std::uint32_t c = next_character(text, at);
        if (c == kReplacement && at == begin + 1) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[begin]));
        } else {
            append_escaped(out, c, mark, as);
        }
    }
    return out + mark;
}

}  // namespace tocsin::text
