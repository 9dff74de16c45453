#include "cli/table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::cli {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode's EastAsianWidth.txt, classes W and F, in the blocks that a terminal meets.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};
constexpr std::array kZero = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f}, Range{0xfe00, 0xfe0f}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// The character at text[i] and its length; `text` is valid UTF-8.
std::pair<char32_t, std::size_t> character(std::string_view text, std::size_t i) {
    const auto byte = [&](std::size_t k) {
        return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U;
    };
    const auto lead = byte(i);
    if (lead < 0x80U) return {lead, 1};
    if (lead < 0xe0U) return {((lead & 0x1fU) << 6U) | (byte(i + 1) & 0x3fU), 2};
    if (lead < 0xf0U) {
        return {((lead & 0x0fU) << 12U) | ((byte(i + 1) & 0x3fU) << 6U) | (byte(i + 2) & 0x3fU), 3};
    }
    return {((lead & 0x07U) << 18U) | ((byte(i + 1) & 0x3fU) << 12U) |
                ((byte(i + 2) & 0x3fU) << 6U) | (byte(i + 3) & 0x3fU),
            4};
}

std::string_view tint_code(Tint tint) {
    switch (tint) {
        case Tint::kNone:
            return "";
        case Tint::kRed:
            return "\x1b[31m";
        case Tint::kYellow:
            return "\x1b[33m";
        case Tint::kGreen:
            return "\x1b[32m";
        case Tint::kBlue:
            return "\x1b[34m";
        case Tint::kDim:
            return "\x1b[2m";
    }
    return "";
}

// What came over the network must not move the cursor of the terminal it is shown on.
std::string printable(std::string_view text) {
    auto safe = valid_utf8(text);
    for (auto& c : safe) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20U || byte == 0x7fU) c = ' ';
    }
    return safe;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto [c, length] = character(utf8, i);
        if (contains(kWide, c)) {
            width += 2;
        } else if (!contains(kZero, c)) {
            width += 1;
        }
        i += length;
    }
    return width;
}

void Table::row(std::vector<Cell> cells) {
    for (auto& cell : cells) cell.text = printable(cell.text);
    rows_.push_back(std::move(cells));
}

std::string Table::text(Colour colour) const {
    std::vector<std::size_t> widths;
    widths.reserve(head_.size());
    for (const auto& name : head_) widths.push_back(display_width(name));
    for (const auto& cells : rows_) {
        for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(cells[i].text));
        }
    }
    std::string out;
    const auto line = [&](const std::vector<Cell>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto& cell = cells[i];
            const bool tinted = colour == Colour::kTinted && cell.tint != Tint::kNone;
            if (tinted) out += tint_code(cell.tint);
            out += cell.text;
            if (tinted) out += "\x1b[0m";
            if (i + 1 < cells.size()) {
                out.append(widths[i] - std::min(widths[i], display_width(cell.text)) + 2, ' ');
            }
        }
        while (!out.empty() && out.back() == ' ') out.pop_back();
        out += '\n';
    };
    std::vector<Cell> head;
    head.reserve(head_.size());
    for (const auto& name : head_) head.push_back(Cell{name, Tint::kDim});
    line(head);
    for (const auto& cells : rows_) line(cells);
    return out;
}

std::string since(Duration age) {
    struct Unit {
        std::int64_t ms;
        char letter;
    };
    static constexpr std::array<Unit, 4> kUnits = {Unit{86'400'000, 'd'}, Unit{3'600'000, 'h'},
                                                   Unit{60'000, 'm'}, Unit{1'000, 's'}};
    auto left = std::max<std::int64_t>(0, age.count());
    std::string text;
    for (std::size_t i = 0; i < kUnits.size(); ++i) {
        const auto whole = left / kUnits[i].ms;
        if (whole == 0) continue;
        text = std::to_string(whole) + kUnits[i].letter;
        // Seconds beside minutes are noise.
        if (i + 1 < kUnits.size() - 1) {
            const auto rest = left % kUnits[i].ms / kUnits[i + 1].ms;
            if (rest > 0) text += " " + std::to_string(rest) + kUnits[i + 1].letter;
        }
        return text;
    }
    return "0s";
}

}  // namespace tocsin::cli
