#include "collector/db/sql/check_turns.h"

#include <algorithm>
#include <numeric>

namespace tocsin::collector {

CheckTurns::CheckTurns(std::size_t checks) : order_(checks) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
}

void CheckTurns::had(std::size_t check) {
    const auto it = std::find(order_.begin(), order_.end(), check);
    if (it != order_.end()) std::rotate(it, it + 1, order_.end());
}

Duration time_for_checks(Duration timeout, Duration limit) {
    // A tenth for the way there and back.
    return std::max(Duration{0}, timeout - limit - timeout / 10);
}

}  // namespace tocsin::collector
