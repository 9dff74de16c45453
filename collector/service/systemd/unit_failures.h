// How often each unit failed, from what systemd says whenever a unit changes: also of a unit that
// failed and was restarted before anyone looked. tocsin_unit_failures_total. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/time.h"
#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/service/systemd/manager.h"

namespace tocsin::collector {

class UnitFailures {
  public:
    static constexpr Duration kKept = 1h;  // a unit that has gone, after its last failure
    static constexpr std::size_t kMostCounters = 1000;  // then the one that failed longest ago goes

    explicit UnitFailures(SeriesTable& series) : series_(&series) {}

    // Failures before that moment (monotonic microseconds) are not counted; the first call counts.
    void begin(std::uint64_t since);
    void note(const UnitChange& change, Timestamp now);
    void note_not_started(const std::string& unit, Timestamp now);

    // A counter is told as 0 once before it is told as what it is, so that increase() sees its
    // first failure. `listed`: whether systemd still knows the unit.
    void report(Timestamp now, const std::function<bool(const std::string& unit)>& listed,
                Readings& out);

  private:
    struct Seen {
        bool failing = false;
        std::uint64_t inactive_since = 0;
    };
    struct Counter {
        SeriesRef series;
        std::uint64_t count = 0;
        Timestamp last;
        bool told = false;
    };

    void count(const std::string& unit, const std::string& result, Timestamp now);

    SeriesTable* series_;
    bool began_ = false;
    std::uint64_t since_ = 0;
    std::map<std::string, Seen> seen_;
    std::map<std::pair<std::string, std::string>, Counter> counters_;  // by unit and result
};

}  // namespace tocsin::collector
