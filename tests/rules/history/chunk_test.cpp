#include "rules/history/chunk.h"

#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "base/model/sample.h"

using namespace tocsin;
using namespace tocsin::rules;

namespace {

using Point = std::pair<std::int64_t, std::uint64_t>;

std::vector<Point> read(const Chunk& chunk) {
    std::vector<Point> out;
    ChunkReader reader(chunk);
    while (reader.next()) out.emplace_back(reader.t(), std::bit_cast<std::uint64_t>(reader.v()));
    return out;
}

Chunk write(const std::vector<Point>& points) {
    Chunk chunk;
    ChunkHead head;
    for (const auto& [t, bits] : points) chunk.append(head, t, bits);
    return chunk;
}

std::uint64_t bits(double v) {
    return std::bit_cast<std::uint64_t>(v);
}

// A series such as hosts have: a step kind for time and one for values, both drawn by the seed.
std::vector<Point> random_series(std::mt19937_64& rng) {
    std::vector<Point> out;
    const auto time_kind = rng() % 4;
    const auto value_kind = rng() % 6;
    std::int64_t t = static_cast<std::int64_t>(rng() % 4'000'000'000'000) - 1'000'000'000'000;
    double v = static_cast<double>(rng() % 100'000);
    const int n = static_cast<int>(rng() % kChunkSamples) + 1;
    for (int i = 0; i < n; ++i) {
        switch (value_kind) {
            case 0:
                break;
            case 1:
                v += static_cast<double>(rng() % 1000);
                break;
            case 2:
                v += 0.01 * static_cast<double>(rng() % 1000);
                break;
            case 3:
                v = rng() % 20 == 0 ? 0 : v + 1;
                break;
            case 4:
                v = static_cast<double>(rng() % 2);
                break;
            default:
                break;
        }
        out.emplace_back(t, value_kind == 5 ? rng() : bits(v));
        switch (time_kind) {
            case 0:
                t += 15'000;
                break;
            case 1:
                t += 1000 + static_cast<std::int64_t>(rng() % 7);
                break;
            case 2:
                t += 1 + static_cast<std::int64_t>(rng() % 200'000);
                break;
            default:
                t += 1 + static_cast<std::int64_t>(rng() % 4'000'000'000'000);
                break;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a chunk gives back every sample bit for bit, whatever the series") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 rng(seed);
    for (int round = 0; round < 3000; ++round) {
        INFO("round " << round);
        const auto points = random_series(rng);
        Chunk chunk = write(points);
        REQUIRE(read(chunk) == points);
        chunk.seal();
        REQUIRE(read(chunk) == points);
        REQUIRE(chunk.count() == static_cast<int>(points.size()));
        REQUIRE(chunk.first() == points.front().first);
        REQUIRE(chunk.last() == points.back().first);
    }
}

TEST_CASE("a chunk keeps special values and NaN payloads apart") {
    const std::vector<std::uint64_t> values = {
        bits(0.0),
        bits(-0.0),
        bits(kStaleNaN),
        bits(std::numeric_limits<double>::quiet_NaN()),
        0x7ff0000000000001,
        0xffffffffffffffff,
        bits(std::numeric_limits<double>::infinity()),
        bits(-std::numeric_limits<double>::infinity()),
        bits(std::numeric_limits<double>::denorm_min()),
        bits(std::numeric_limits<double>::max()),
        bits(kStaleNaN),
    };
    std::vector<Point> points;
    for (std::size_t i = 0; i < values.size(); ++i) {
        points.emplace_back(static_cast<std::int64_t>(i) * 1000, values[i]);
    }
    REQUIRE(read(write(points)) == points);
}

TEST_CASE("the edges of every timestamp width survive") {
    for (const std::int64_t edge : {63, 64, 65, 8191, 8192, 8193, 524287, 524288, 524289}) {
        for (const std::int64_t sign : {1, -1}) {
            INFO("change of delta " << sign * edge);
            const std::int64_t delta = 2'000'000;
            const std::vector<Point> points = {
                {0, 1}, {delta, 2}, {2 * delta + sign * edge, 3}, {3 * delta + 3 * sign * edge, 4}};
            REQUIRE(read(write(points)) == points);
        }
    }
}

TEST_CASE("a constant series at a steady interval takes two bits a sample") {
    std::vector<Point> points;
    for (int i = 0; i < kChunkSamples; ++i) points.emplace_back(i * 15'000, bits(42.0));
    Chunk chunk = write(points);
    chunk.seal();
    // 64 bits for the first value, 24 + 1 for the second sample, 2 for each of the rest.
    REQUIRE(chunk.capacity() == (64 + 25 + 118 * 2 + 7) / 8);
}
