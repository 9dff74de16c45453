// Runs targets, each at its own pace with its own deadline, none able to delay another.
//
// Of each target: `up` (1 when its last collection succeeded) and scrape_duration_seconds, as
// Prometheus has them; of one that is the host itself, which has no instance,
// tocsin_collector_{success,duration_seconds,timeouts_total}{collector="kind name"}. What a failed
// collection did not report ends (staleness). After three failures in a row a target (of most
// kinds) is asked less often, at last every five minutes or its own interval, whichever is longer;
// meanwhile what it told last, `up` 0 with it, is still told at its interval. On the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "base/net/loop.h"
#include "collector/api/target.h"

namespace tocsin::collector {

struct TargetEntry {
    std::string kind;
    std::shared_ptr<const TargetConfig> config;
    std::unique_ptr<Target> target;
    AfterFailures after_failures = AfterFailures::kLessOften;
    bool made = true;  // false: another stands in for it (collector/api/unmade.h)
};

// The readings of one collection, and a kStaleNaN for each series that has gone.
using BatchDone = std::function<void(Timestamp at, const Readings& readings)>;

class TargetRunner {
  public:
    // `interval`: of those that do not say. `lookback`: how old a sample may be that rules still
    // see (rules/promql/engine.h); what is asked less often is told again in between.
    TargetRunner(net::Loop& loop, const Clock& clock, SeriesTable& series, Duration interval,
                 std::vector<TargetEntry> entries, Duration lookback = 5min);
    ~TargetRunner();

    void start(BatchDone done);
    void stop();
    // A reload: what `stays` holds for runs on, undisturbed. The other targets are gone before
    // `make` is called, so that the new ones find their ports and keys free. One of the same name
    // and job goes on with its predecessor's series; those of the others end.
    void replace(const std::function<bool(const TargetEntry&)>& stays,
                 const std::function<std::vector<TargetEntry>()>& make);

    // What every target reported last, for /metrics.
    void append_last(Readings& out) const;
    // "snmp 10.0.0.1" and why, of those whose last collection failed.
    std::vector<std::pair<std::string, std::string>> failing() const;
    // Whether a target that has reported this metric before failed in its last collection. Of one
    // that makes up ever new names the old ones are forgotten.
    bool source_failing(std::string_view metric) const;

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::collector
