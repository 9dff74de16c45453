// When targets are asked: the point of its interval that each has, and what failures make of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/core/time.h"

namespace tocsin::collector {

// After `failures` in a row, how many intervals pass until the next try: 1, 1, 1, 2, 4, 8, …, but
// no more than five minutes hold (and always one).
std::int64_t intervals_until_retry(int failures, Duration every);

// When after a start a target is asked first, and so at which point of its interval from then on:
// in one of the bunches over which `targets` are spread. By its name's hash, so the same at every
// start.
Duration first_asked_after(std::uint64_t hash, Duration every, std::size_t targets);

// The first point after `now` that is whole intervals away from `due`: what was missed is not made
// up for, and targets that missed it together do not stay together.
std::chrono::steady_clock::time_point next_in_rhythm(std::chrono::steady_clock::time_point due,
                                                     Duration every,
                                                     std::chrono::steady_clock::time_point now);

}  // namespace tocsin::collector
