// The agent's memory of samples: Gorilla-compressed chunks a series, bounded in time and bytes.
// Single-threaded. Time comes in; nothing here reads a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/core/time.h"
#include "base/core/units.h"
#include "base/model/matcher.h"
#include "base/model/series.h"

namespace tocsin::rules {

struct HistoryOptions {
    Duration keep{3'600'000};
    Bytes limit{32ULL * 1024 * 1024};
};

// A selector made ready: the series it matches, kept up to date as series come and go.
class Selection;

// What was let go, beyond what `keep` lets go; for the agent's own metrics.
struct HistoryLosses {
    // Dropped for `limit`: of series that have ended, then the oldest, then of series that came
    // last.
    std::uint64_t chunks = 0;
    std::uint64_t out_of_order = 0;  // samples not later than the series' last one
};

class History {
  public:
    explicit History(HistoryOptions options = {});
    ~History();

    // Later than the series' last sample, or dropped (false). kStaleNaN ends a series.
    bool append(const SeriesRef& series, Timestamp t, double v);
    // Lets go of what is older than keep (or than what a Selection asked for), a whole chunk at a
    // time; call once a cycle.
    void trim(Timestamp now);

    // Matchers with __name__ among them; without an equality on __name__ every series is looked at
    // when it first appears. `reach` is how far back it will look (range + offset + lookback): the
    // series it matches are kept at least that long. Equal requests share one Selection. A
    // Selection that outlives the History is empty.
    std::shared_ptr<Selection> select(Matchers matchers, Duration reach);

    std::size_t series() const;
    // Of samples, their bookkeeping, and what of a label's text is beyond 128 bytes; one that
    // several series have counts for each.
    std::size_t bytes() const;
    HistoryLosses losses() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

class Selection {
  public:
    virtual ~Selection() = default;
    // Matching series that hold any sample, in no particular order; cheap when nothing changed.
    // Valid, as every index into it, until the next append or trim.
    virtual std::span<const SeriesRef> series() = 0;
    // Changes whenever series() does, so that what was computed for it can be kept until then.
    virtual std::uint64_t epoch() const = 0;
    // Samples of series()[i] with from < t <= to in order, without staleness marks. Valid until the
    // next call.
    virtual std::span<const Sample> samples(std::size_t i, Timestamp from, Timestamp to) = 0;
    // The last sample with from < t <= to, staleness marks included; false when there is none.
    virtual bool last(std::size_t i, Timestamp from, Timestamp to, Sample& out) = 0;
    // Samples that the two have looked at so far: what looking into the past costs.
    virtual std::uint64_t opened() const = 0;
};

}  // namespace tocsin::rules
