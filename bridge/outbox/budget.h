// How much of the rates is left at a moment. Internal to the planning.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "bridge/config/channel.h"

namespace tocsin::bridge {

// A channel as a whole ("" for the address), or one contact of it.
class Budget {
  public:
    Budget(std::vector<Rate> rates, std::vector<Timestamp> sent, Timestamp now)
        : rates_(std::move(rates)), sent_(std::move(sent)), now_(now) {}

    bool unlimited() const { return rates_.empty(); }
    // Messages that may go now while at least `kept` of every rate, in quarters of it, stays.
    int left(int kept_quarters) const;
    void spend() { sent_.push_back(now_); }
    // When the next may go at all; nothing when one may go now.
    std::optional<Timestamp> free_at() const;
    // Between two digests: two messages' worth of the slowest rate that is short of room.
    Duration digest_pause() const;

  private:
    std::vector<Rate> rates_;
    std::vector<Timestamp> sent_;
    Timestamp now_;
};

}  // namespace tocsin::bridge
