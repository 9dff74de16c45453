// Whose turn it is among a server's checks, and whether one may still begin: a collection has time
// for so many slow ones, and none of them may keep the others waiting for good. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/core/time.h"

namespace tocsin::collector {

class CheckTurns {
  public:
    explicit CheckTurns(std::size_t checks);
    // The one that has waited longest first; as they were written, at the start.
    std::span<const std::size_t> order() const { return order_; }
    // It had its turn.
    void had(std::size_t check);

  private:
    std::vector<std::size_t> order_;
};

// How far into a collection a check may begin whose statement is broken off after `limit`: one that
// begins later could take the collection past its deadline, and with it all it has.
Duration time_for_checks(Duration timeout, Duration limit);

}  // namespace tocsin::collector
