// Inside rules/history: the last stretch of a series, unpacked. Rules look at the same stretch
// again and again, each time a sample further; unpacking its chunks anew each time was a sixth of
// what the agent costs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/model/sample.h"

namespace tocsin::rules {

// Samples kept unpacked over all of a History's windows, 16 bytes each: 256 KiB. What does not fit
// is unpacked whenever it is asked for.
inline constexpr std::size_t kUnpackedSamples = 16 * 1024;

class Window {
  public:
    // Whether it can be brought to (low, now] by push(): it is filled, and reaches back far enough.
    bool holds(std::int64_t low) const { return appended_ != 0 && low >= low_; }
    // Of the series' `appended` samples, those that it has not seen.
    std::uint64_t behind(std::uint64_t appended) const { return appended - appended_; }

    // Starts over: to be filled with what reaches back to `low`, up to the series' newest.
    std::vector<Sample>& refill(std::int64_t low, std::uint64_t appended, std::size_t most);
    void push(const Sample& newest) {
        ++appended_;
        if (!is_stale(newest.v)) samples_.push_back(newest);
    }
    // Lets go of what is not later than `low`, milliseconds since 1970.
    std::span<const Sample> since(std::int64_t low);

    std::size_t capacity() const { return samples_.capacity(); }

  private:
    std::vector<Sample> samples_;  // without staleness marks
    std::size_t begin_ = 0;        // the ones before are too old
    std::int64_t low_ = 0;
    std::uint64_t appended_ = 0;  // to the series, when it was last brought up to date; 0: never
};

}  // namespace tocsin::rules
