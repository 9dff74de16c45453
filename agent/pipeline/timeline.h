// The time that samples carry: the wall's, but never backwards. Pure.
//
// History takes samples in order only, so a small correction backwards (NTP) is waited out by
// stamping each cycle a millisecond after the last, and a step is an event: its consumers start
// over rather than wait for the old time to come round again.
#pragma once

#include <optional>

#include "base/core/time.h"

namespace tocsin::agent {

class Timeline {
  public:
    static constexpr Duration kStep{30'000};  // as in docs/rules.md, "Clocks"

    struct Moment {
        Timestamp at;      // for the cycle's samples; later than any before, unless stepped back
        Duration stepped;  // by how much the wall clock moved against boot time, 0 below kStep
    };
    Moment next(Timestamp wall, Duration boottime);

  private:
    struct Last {
        Timestamp wall;
        Duration boottime;
        Timestamp at;
    };
    std::optional<Last> last_;
};

}  // namespace tocsin::agent
