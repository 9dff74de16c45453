#include "base/net/deflate_code.h"

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <utility>

namespace tocsin::net {
namespace {

constexpr unsigned kLongestCode = 15;

// How deep each symbol stands in the tree.
std::vector<unsigned> depths(std::span<const std::uint32_t> how_often) {
    using Node = std::pair<std::uint64_t, std::size_t>;
    std::priority_queue<Node, std::vector<Node>, std::greater<>> open;
    std::vector<std::size_t> parent(how_often.size());
    for (std::size_t i = 0; i < how_often.size(); ++i) {
        if (how_often[i] != 0) open.emplace(how_often[i], i);
    }
    while (open.size() > 1) {
        const Node one = open.top();
        open.pop();
        const Node other = open.top();
        open.pop();
        parent[one.second] = parent[other.second] = parent.size();
        open.emplace(one.first + other.first, parent.size());
        parent.push_back(0);
    }
    std::vector<unsigned> depth(parent.size());
    // A parent stands behind its children; the root is the last.
    for (std::size_t i = parent.size() - 1; i-- > 0;) {
        if (i >= how_often.size() || how_often[i] != 0) depth[i] = depth[parent[i]] + 1;
    }
    depth.resize(how_often.size());
    return depth;
}

std::vector<unsigned> code_lengths(std::span<const std::uint32_t> how_often) {
    std::vector<std::uint32_t> weights(how_often.begin(), how_often.end());
    for (;;) {
        std::vector<unsigned> lengths = depths(weights);
        if (*std::max_element(lengths.begin(), lengths.end()) <= kLongestCode) return lengths;
        // Flatter weights, a flatter tree.
        for (std::uint32_t& weight : weights) weight = weight / 2 + weight % 2;
    }
}

std::uint64_t reversed(std::uint64_t bits, unsigned count) {
    std::uint64_t out = 0;
    for (unsigned i = 0; i < count; ++i) out |= (bits >> i & 1) << (count - 1 - i);
    return out;
}

}  // namespace

std::vector<DeflateBits> huffman_codes(std::span<const std::uint32_t> how_often) {
    const std::vector<unsigned> lengths = code_lengths(how_often);
    // RFC 1951, 3.2.2.
    std::array<std::uint64_t, kLongestCode + 2> next{};
    for (const unsigned length : lengths) next[length + 1] += length == 0 ? 0 : 1;
    for (std::size_t i = 2; i < next.size(); ++i) next[i] = (next[i - 1] + next[i]) << 1;
    std::vector<DeflateBits> codes;
    codes.reserve(lengths.size());
    for (const unsigned length : lengths) {
        codes.push_back(length == 0 ? DeflateBits{}
                                    : DeflateBits{reversed(next[length]++, length), length});
    }
    return codes;
}

DeflateSymbol length_symbol(unsigned length) {
    const std::uint32_t from = length - kShortestMatch;
    if (length == kLongestMatch) return {285, 0, 0};
    if (from < 8) return {257 + from, 0, 0};
    const auto top = static_cast<unsigned>(std::bit_width(from)) - 1;
    const unsigned extra = top - 2;
    return {257 + 4 * extra + 4 + (from >> extra & 3), from & ((1U << extra) - 1), extra};
}

std::vector<DeflateBits> block_header(const std::vector<DeflateBits>& literals,
                                      const std::vector<DeflateBits>& distances) {
    std::vector<DeflateBits> out;
    DeflateBits counts;
    counts.append(1, 1);  // the last block
    counts.append(2, 2);  // with codes of its own
    counts.append(kLiterals - 257, 5);
    counts.append(kDistances - 1, 5);
    counts.append(19 - 4, 4);
    out.push_back(counts);
    // The code of the codes' lengths: four bits for each of 0 to 15, none for repetitions, in the
    // order 16, 17, 18, 0, 8, 7, …
    DeflateBits of_lengths;
    of_lengths.append(0, 9);
    for (unsigned i = 0; i < 16; ++i) of_lengths.append(4, 3);
    out.push_back(of_lengths);
    for (const auto* codes : {&literals, &distances}) {
        for (const DeflateBits& code : *codes) {
            DeflateBits length;
            length.append(reversed(code.count, 4), 4);
            out.push_back(length);
        }
    }
    return out;
}

char* DeflateWriter::finish() {
    if (held_bits_ > 0) put(0, 8 - held_bits_);
    return to_;
}

}  // namespace tocsin::net
