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

class History {
  public:
    explicit History(HistoryOptions options = {});
    ~History();

    // Later than the series' last sample, or dropped (false). kStaleNaN ends a series.
    bool append(const SeriesRef& series, Timestamp t, double v);
    // Lets go of what is older than keep (or than what a Selection asked for); call once a cycle.
    void trim(Timestamp now);

    // Matchers with __name__ among them. `reach` is how far back it will look (range + offset +
    // lookback): the series it matches are kept at least that long.
    std::shared_ptr<Selection> select(Matchers matchers, Duration reach);

    std::size_t series() const;
    std::size_t bytes() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

class Selection {
  public:
    virtual ~Selection() = default;
    // Matching series that hold any sample, in no particular order; cheap when nothing changed.
    virtual std::span<const SeriesRef> series() = 0;
    // Samples of series()[i] with from < t <= to (staleness marks included), appended in order.
    virtual void samples(std::size_t i, Timestamp from, Timestamp to, std::vector<Sample>& out) = 0;
    // The last sample with from < t <= to, staleness marks included; false when there is none.
    virtual bool last(std::size_t i, Timestamp from, Timestamp to, Sample& out) = 0;
};

}  // namespace tocsin::rules
