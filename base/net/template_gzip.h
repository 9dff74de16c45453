// gzip of texts that are all made of one template: what they have in common is searched for
// repetitions once, and each text only puts its own values between. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/deflate_code.h"

namespace tocsin::net {

// From `begin` to `end` of a text.
struct TextPart {
    std::size_t begin;
    std::size_t end;
};

class TemplateGzip {
  public:
    // `values` are the parts of `text` that other texts of the template have otherwise, in their
    // order; what stands between is the same in all. It says, too, which bytes values are made of.
    TemplateGzip(std::string_view text, std::span<const TextPart> values);

    // Any text is compressed right; one of the template, in a tenth of the usual time.
    std::string compress(std::string_view text, std::span<const TextPart> values) const;

  private:
    static constexpr std::uint32_t kNoMatch = UINT32_MAX;
    // Bytes and the length of a match, which is `back` bytes behind without what the values since
    // piece `from` take.
    struct Step {
        DeflateBits bits;
        std::uint32_t from = kNoMatch;
        std::uint32_t back = 0;
    };
    // What stands before a value.
    struct Piece {
        std::size_t begin;  // in fixed_
        std::size_t steps;  // where the next one's begin
    };
    class Maker;

    bool fits(std::string_view text, std::span<const TextPart> values) const;

    std::string fixed_;
    std::vector<Piece> pieces_;
    std::vector<Step> steps_;
    std::size_t fixed_bytes_ = 0;  // that all but the values take at most
    std::vector<DeflateBits> header_;
    std::vector<DeflateBits> literals_;
    std::vector<DeflateBits> distances_;
};

}  // namespace tocsin::net
