// The clock as a collaborator, so that decisions take time as an argument and tests own it.
#pragma once

#include "base/core/time.h"

namespace tocsin {

class Clock {
  public:
    virtual ~Clock() = default;
    // Wall time; may step.
    virtual Timestamp now() const = 0;
    // Since boot, including suspend; never steps (CLOCK_BOOTTIME).
    virtual Duration boottime() const = 0;
};

class SystemClock final : public Clock {
  public:
    Timestamp now() const override;
    Duration boottime() const override;
};

// For tests: both clocks move only when told. Single-threaded.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(Timestamp start) : now_(start) {}
    Timestamp now() const override { return now_; }
    Duration boottime() const override { return boottime_; }
    void advance(Duration d) {
        now_ += d;
        boottime_ += d;
    }
    void step_wall(Duration d) { now_ += d; }

  private:
    Timestamp now_;
    Duration boottime_{0};
};

}  // namespace tocsin
