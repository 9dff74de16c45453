// Runs collectors on their intervals, each with its own deadline, none able to hurt another.
//
// An inline collector runs on the loop. A blocking one runs in the pool; past its deadline its
// cycle counts as timed out (tocsin_collector_timeouts_total), its series get staleness, and it is
// not started again until the hung call returns: one hung collector holds at most one thread.
//
// One that succeeds three times in a row with nothing to tell (this host has no such device) is
// asked once a minute until it has something. One that is asked in every so many cycles only has
// what it told told again in the others, so that its series stand on each page, and in their place;
// after a failure it is asked in the next.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

struct RunnerEntry {
    std::string name;
    Threading threading = Threading::kInline;
    Duration timeout{10s};
    std::unique_ptr<Collector> collector;
    std::uint64_t cycles = 1;  // it is asked in every so many
};

// A finished collection: all readings of the cycle, collector by collector in the entries' order
// whoever was done first, and the series that were there in the last cycle and are not now (a
// kStaleNaN each).
using CycleDone = std::function<void(Timestamp at, const Readings& readings)>;

class Runner {
  public:
    Runner(net::Loop& loop, net::OffloadPool& pool, const Clock& clock, SeriesTable& series,
           std::vector<RunnerEntry> entries);
    ~Runner();
    // One cycle of all collectors; `done` runs on the loop when the last has finished or timed out,
    // with the accounting series (tocsin_collector_{duration_seconds,success,timeouts_total})
    // among the readings. A collector that is still hung from before is skipped (success 0).
    void run_cycle(CycleDone done);
    // Another one in place of the collector of its name, unless a call of that one still runs.
    void replace(RunnerEntry entry);
    // Names of those whose last cycle failed, with why.
    std::vector<std::pair<std::string, std::string>> failing() const;
    // Whether a collector that has reported this metric before failed in its last cycle.
    bool source_failing(std::string_view metric) const;

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::collector
