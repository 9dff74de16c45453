// How much one sender of traps may have the agent do, and all of them together. Constant memory,
// whoever sends. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/core/time.h"
#include "collector/net/snmp/config/traps.h"

namespace tocsin::collector::snmp {

class TrapLimits {
  public:
    // `seed`: so that nobody can tell who shares a count with whom.
    TrapLimits(int rate, std::size_t seed) : rate_(static_cast<std::uint32_t>(rate)), seed_(seed) {}

    // Whether one more datagram of that sender (its address's octets) is taken in this second.
    bool take(std::string_view sender, Timestamp now) {
        const auto second = std::chrono::floor<std::chrono::seconds>(now);
        if (second != second_) {
            second_ = second;
            all_ = 0;
            counts_.fill(0);
        }
        std::uint32_t& count = counts_[(std::hash<std::string_view>{}(sender) ^ seed_) % kCounts];
        if (count >= rate_ || all_ >= rate_ * kTrapSenders) return false;
        ++count;
        ++all_;
        return true;
    }

  private:
    static constexpr std::size_t kCounts = 1024;

    std::uint32_t rate_;
    std::size_t seed_;
    std::chrono::sys_seconds second_{};
    std::uint32_t all_ = 0;
    std::array<std::uint32_t, kCounts> counts_{};
};

}  // namespace tocsin::collector::snmp
