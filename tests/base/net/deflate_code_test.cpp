#include "base/net/deflate_code.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

using namespace tocsin::net;

// The tables of RFC 1951, 3.2.5.
TEST_CASE("lengths and distances have the symbols that the RFC gives them") {
    constexpr std::array<unsigned, 29> kLength = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                  15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                  67, 83, 99, 115, 131, 163, 195, 227, 258};
    constexpr std::array<unsigned, 29> kLengthBits = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    for (unsigned length = kShortestMatch; length <= kLongestMatch; ++length) {
        const DeflateSymbol s = length_symbol(length);
        CAPTURE(length);
        REQUIRE(s.symbol >= 257);
        REQUIRE(s.symbol <= 285);
        CHECK(s.extra_bits == kLengthBits[s.symbol - 257]);
        CHECK(kLength[s.symbol - 257] + s.extra == length);
        CHECK(s.extra < (1U << s.extra_bits));
    }
    CHECK(length_symbol(kLongestMatch).symbol == 285);
    constexpr std::array<std::uint32_t, 30> kDistance = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    std::size_t wrong = 0;
    for (std::uint32_t distance = 1; distance <= 32768; ++distance) {
        const DeflateSymbol s = distance_symbol(distance);
        const unsigned bits = s.symbol < 4 ? 0 : s.symbol / 2 - 1;
        const bool right = s.symbol < kDistances && s.extra_bits == bits &&
                           kDistance[s.symbol] + s.extra == distance && s.extra < (1U << bits);
        wrong += right ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("codes fill their space exactly and none is longer than fifteen bits") {
    std::vector<std::uint32_t> even(286, 1);
    std::vector<std::uint32_t> fibonacci(40, 1);  // the deepest tree there is
    for (std::size_t i = 2; i < fibonacci.size(); ++i)
        fibonacci[i] = fibonacci[i - 1] + fibonacci[i - 2];
    std::vector<std::uint32_t> two(30);
    two[3] = 5;
    two[29] = 1;
    for (const auto& how_often : {even, fibonacci, two}) {
        const std::vector<DeflateBits> codes = huffman_codes(how_often);
        REQUIRE(codes.size() == how_often.size());
        double filled = 0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            CHECK((codes[i].count == 0) == (how_often[i] == 0));
            CHECK(codes[i].count <= 15);
            if (codes[i].count != 0) filled += std::ldexp(1.0, -static_cast<int>(codes[i].count));
        }
        CHECK(filled == 1.0);
    }
}

// RFC 1951, 3.2.2: lengths 3, 3, 3, 3, 3, 2, 4, 4 give 010 011 100 101 110 00 1110 1111.
TEST_CASE("codes of one length are numbered in order, as the RFC's example has it") {
    const std::vector<std::uint32_t> how_often{16, 16, 16, 16, 16, 32, 8, 8};
    const std::array<unsigned, 8> bits = {0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111};
    const std::vector<DeflateBits> codes = huffman_codes(how_often);
    for (std::size_t i = 0; i < bits.size(); ++i)
        CHECK(codes[i].bits == bits[i]);  // first bit lowest
}
