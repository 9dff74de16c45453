#include "collector/api/rhythm.h"

#include <algorithm>

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration kLongestBackoff{5min};
constexpr int kPatience = 3;
// New targets are asked for the first time within this, or within their interval.
constexpr Duration kFirstWithin{1min};
// Targets are asked in bunches of about so many, one shortly after the other: code and data that
// the first has brought into the processor's caches serve the rest, which halves what a probe
// costs, and yet none is timed while others are being handled.
constexpr std::size_t kInABunch = 8;
constexpr Duration kApart{4ms};

}  // namespace

std::int64_t intervals_until_retry(int failures, Duration every) {
    if (failures < kPatience) return 1;
    const std::int64_t most = std::max<std::int64_t>(1, kLongestBackoff / every);
    std::int64_t intervals = 1;
    for (int i = kPatience; i <= failures && intervals < most; ++i) intervals *= 2;
    return std::min(intervals, most);
}

Duration first_asked_after(std::uint64_t hash, Duration every, std::size_t targets) {
    const Duration within = std::min(every, kFirstWithin);
    const std::uint64_t bunches = (std::max<std::size_t>(targets, 1) + kInABunch - 1) / kInABunch;
    const auto bunch = static_cast<Duration::rep>(hash % bunches);
    const auto place = static_cast<Duration::rep>(hash / bunches % kInABunch);
    return (within * bunch / static_cast<Duration::rep>(bunches) + kApart * place) % within;
}

Steady::time_point next_in_rhythm(Steady::time_point due, Duration every, Steady::time_point now) {
    const Steady::duration off = (due - now) % every;
    return now + (off > Steady::duration{0} ? off : off + every);
}

}  // namespace tocsin::collector
