#include "base/core/clock.h"

#include <ctime>

namespace tocsin {

namespace {

Duration read_clock(clockid_t id) {
    timespec t{};
    // Neither clock can fail on a Linux that this runs on (CLOCK_BOOTTIME: 2.6.39).
    clock_gettime(id, &t);
    return std::chrono::floor<Duration>(std::chrono::seconds{t.tv_sec} +
                                        std::chrono::nanoseconds{t.tv_nsec});
}

}  // namespace

Timestamp SystemClock::now() const {
    return Timestamp{read_clock(CLOCK_REALTIME)};
}

Duration SystemClock::boottime() const {
    return read_clock(CLOCK_BOOTTIME);
}

}  // namespace tocsin
