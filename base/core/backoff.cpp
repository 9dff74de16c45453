#include "base/core/backoff.h"

#include <algorithm>

namespace tocsin {

Duration Backoff::delay(int attempt, double random) const {
    Duration whole = std::min(first, most);
    for (int i = 1; i < attempt && whole < most; ++i) {
        whole = whole > most / 2 ? most : whole * 2;
    }
    const auto half = whole / 2;
    const auto rest = static_cast<double>((whole - half).count()) * std::clamp(random, 0.0, 1.0);
    return half + Duration{static_cast<Duration::rep>(rest)};
}

}  // namespace tocsin
