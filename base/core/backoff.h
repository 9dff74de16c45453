// Delays between attempts: exponential, capped, with full jitter between half and the whole.
#pragma once

#include "base/core/time.h"

namespace tocsin {

struct Backoff {
    Duration first{1s};
    Duration most{60s};

    // The wait before attempt `attempt` + 1 (attempt ≥ 1 have failed). `random` in [0, 1).
    [[nodiscard]] Duration delay(int attempt, double random) const;
};

}  // namespace tocsin
