// Huffman codes of a deflate block of one's own (RFC 1951). Pure.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace tocsin::net {

// Bits as they go into the stream, the first in the lowest.
struct DeflateBits {
    std::uint64_t bits = 0;
    unsigned count = 0;

    void append(std::uint64_t more, unsigned n) {
        bits |= more << count;
        count += n;
    }
    void append(const DeflateBits& more) { append(more.bits, more.count); }
};

constexpr unsigned kLiterals = 286;  // bytes, the block's end, and lengths
constexpr unsigned kDistances = 30;
constexpr unsigned kBlockEnd = 256;
constexpr unsigned kShortestMatch = 3;
constexpr unsigned kLongestMatch = 258;

// The code of each symbol, the shorter the more often it comes, fifteen bits at most; none for what
// never comes. Two symbols come at least.
std::vector<DeflateBits> huffman_codes(std::span<const std::uint32_t> how_often);

// A symbol and the bits behind it.
struct DeflateSymbol {
    unsigned symbol = 0;
    std::uint32_t extra = 0;
    unsigned extra_bits = 0;
};

DeflateSymbol length_symbol(unsigned length);  // from 257

// 1 to 32,768.
inline DeflateSymbol distance_symbol(std::uint32_t distance) {
    const std::uint32_t from = distance - 1;
    if (from < 4) return {from, 0, 0};
    const auto top = static_cast<unsigned>(std::bit_width(from)) - 1;
    return {2 * top + (from >> (top - 1) & 1), from & ((1U << (top - 1)) - 1), top - 1};
}

// What stands before the only block of a stream: its codes' lengths.
std::vector<DeflateBits> block_header(const std::vector<DeflateBits>& literals,
                                      const std::vector<DeflateBits>& distances);

// Into memory of one's own, which must have eight bytes more than are written.
class DeflateWriter {
  public:
    explicit DeflateWriter(char* to) : to_(to) {}

    void put(std::uint64_t bits, unsigned count);  // 56 at most
    void put(const DeflateBits& code) { put(code.bits, code.count); }
    char* finish();  // where the next byte goes

  private:
    char* to_;
    std::uint64_t held_ = 0;
    unsigned held_bits_ = 0;
};

inline void DeflateWriter::put(std::uint64_t bits, unsigned count) {
    held_ |= bits << held_bits_;
    held_bits_ += count;
    // One store: in a loop each byte might be a member of this object, to the compiler.
    const std::uint64_t bytes =
        std::endian::native == std::endian::little ? held_ : __builtin_bswap64(held_);
    std::memcpy(to_, &bytes, sizeof bytes);
    to_ += held_bits_ / 8;
    held_ >>= held_bits_ & ~7U;
    held_bits_ %= 8;
}

}  // namespace tocsin::net
