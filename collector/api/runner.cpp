#include "collector/api/runner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/net/log.h"

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

constexpr MetricDesc kDuration{"tocsin_collector_duration_seconds",
                               "How long the collector's last collection took.",
                               MetricType::kGauge};
constexpr MetricDesc kSuccess{"tocsin_collector_success",
                              "Whether the collector's last collection succeeded.",
                              MetricType::kGauge};
constexpr MetricDesc kTimeouts{"tocsin_collector_timeouts_total",
                               "Collections that were not done by their deadline.",
                               MetricType::kCounter};

// A blocking collector and what its running call writes to. The pool's thread owns all of it from
// start to done; the runner may be gone by then.
struct Call {
    std::unique_ptr<Collector> collector;
    Readings readings;
    std::optional<Error> error;
    bool finished = false;  // false after a call that an exception ended: a bug, logged by the pool
    Steady::duration took{};
    std::atomic<bool> abandoned{false};  // its deadline passed while it still waited for a thread

    void run(Timestamp now) {
        const Steady::time_point start = Steady::now();
        readings.clear();
        error.reset();
        finished = false;
        if (Result<void> result = collector->collect(now, readings); !result) {
            error = std::move(result).error();
        }
        took = Steady::now() - start;
        finished = true;
    }

    std::string failure() const {
        if (!finished) return "stopped by an exception";
        return error ? error->message : std::string();
    }
};

struct Cycle {
    Timestamp at;
    CycleDone done;
    Readings readings;
    std::size_t pending = 0;
};

struct Slot {
    std::string name;
    Threading threading = Threading::kInline;
    Duration timeout{};
    std::shared_ptr<Call> call;
    SeriesRef duration_series;
    SeriesRef success_series;
    SeriesRef timeouts_series;
    std::vector<SeriesRef> last;         // what it reported in the last cycle
    std::unordered_set<Symbol> metrics;  // every metric name it ever reported
    std::uint64_t timeouts = 0;
    Steady::duration took{};
    std::string failure;  // "" when the last cycle succeeded
    // While a call runs in the pool:
    bool busy = false;
    Steady::time_point started;
    std::shared_ptr<Cycle> cycle;  // the one that waits for it; none once the deadline passed
    net::Timer deadline;
};

double seconds(Steady::duration d) {
    return std::chrono::duration<double>(d).count();
}

}  // namespace

struct Runner::Impl : std::enable_shared_from_this<Impl> {
    net::Loop& loop;
    net::OffloadPool& pool;
    const Clock& clock;
    std::vector<Slot> slots;
    std::vector<std::uint32_t> seen;  // by series id: the mark of the settling that saw it last
    std::uint32_t mark = 0;

    Impl(net::Loop& l, net::OffloadPool& p, const Clock& c) : loop(l), pool(p), clock(c) {}

    void add(RunnerEntry entry, SeriesTable& series) {
        Slot& slot = slots.emplace_back();
        const Labels labels{{"collector", entry.name}};
        slot.duration_series = series.get(&kDuration, labels);
        slot.success_series = series.get(&kSuccess, labels);
        slot.timeouts_series = series.get(&kTimeouts, labels);
        slot.name = std::move(entry.name);
        slot.threading = entry.threading;
        slot.timeout = entry.timeout;
        slot.call = std::make_shared<Call>();
        slot.call->collector = std::move(entry.collector);
    }

    void run(CycleDone done) {
        auto cycle = std::make_shared<Cycle>();
        cycle->at = clock.now();
        cycle->done = std::move(done);
        cycle->pending = 1;  // this function, until it has started everything
        for (std::size_t i = 0; i < slots.size(); ++i) {
            if (slots[i].threading == Threading::kBlocking) start(i, cycle);
        }
        for (Slot& slot : slots) {
            if (slot.threading == Threading::kInline) run_inline(slot, *cycle);
        }
        finish_one(cycle);
    }

    void run_inline(Slot& slot, Cycle& cycle) {
        const std::size_t begin = cycle.readings.size();
        const Steady::time_point start = Steady::now();
        const Result<void> result = slot.call->collector->collect(cycle.at, cycle.readings);
        slot.took = Steady::now() - start;
        note(slot, result ? std::string() : result.error().message);
        settle(slot, cycle.readings, begin);
    }

    void start(std::size_t index, const std::shared_ptr<Cycle>& cycle) {
        Slot& slot = slots[index];
        if (slot.busy) {
            // Hung since an earlier cycle, or still within its deadline in a cycle that overlaps.
            slot.took = Steady::now() - slot.started;
            if (!slot.cycle) note(slot, "still hanging since an earlier collection");
            return;
        }
        std::shared_ptr<Call> call = slot.call;
        call->abandoned = false;
        const bool accepted = pool.run(
            [call, now = cycle->at] {
                if (!call->abandoned) call->run(now);
            },
            [weak = weak_from_this(), index] {
                if (const auto self = weak.lock()) self->returned(index);
            });
        if (!accepted) {
            slot.took = {};
            note(slot, "no thread is free: too many collectors hang");
            settle(slot, cycle->readings, cycle->readings.size());
            return;
        }
        slot.busy = true;
        slot.started = Steady::now();
        slot.cycle = cycle;
        ++cycle->pending;
        slot.deadline = loop.after(slot.timeout, [weak = weak_from_this(), index] {
            if (const auto self = weak.lock()) self->expired(index);
        });
    }

    void returned(std::size_t index) {
        Slot& slot = slots[index];
        slot.deadline.cancel();
        slot.busy = false;
        const std::shared_ptr<Cycle> cycle = std::exchange(slot.cycle, nullptr);
        Call& call = *slot.call;
        if (cycle) {
            slot.took = call.took;
            note(slot, call.failure());
            const std::size_t begin = cycle->readings.size();
            cycle->readings.insert(cycle->readings.end(),
                                   std::make_move_iterator(call.readings.begin()),
                                   std::make_move_iterator(call.readings.end()));
            settle(slot, cycle->readings, begin);
        }
        call.readings.clear();
        if (cycle) finish_one(cycle);
    }

    void expired(std::size_t index) {
        Slot& slot = slots[index];
        const std::shared_ptr<Cycle> cycle = std::exchange(slot.cycle, nullptr);
        if (!cycle) return;
        slot.call->abandoned = true;
        ++slot.timeouts;
        slot.took = Steady::now() - slot.started;
        note(slot, "not done after " + format_duration(slot.timeout));
        settle(slot, cycle->readings, cycle->readings.size());
        finish_one(cycle);
    }

    // Drops what a series is told a second time, and appends a stale mark for each series that the
    // slot's last cycle had and the readings from `begin` on do not.
    void settle(Slot& slot, Readings& readings, std::size_t begin) {
        const std::size_t count = readings.size() - begin;
        bool same = count == slot.last.size();
        for (std::size_t i = 0; same && i < count; ++i) {
            same = readings[begin + i].series == slot.last[i];
        }
        if (same) return;
        ++mark;
        const auto first = readings.begin() + static_cast<std::ptrdiff_t>(begin);
        readings.erase(std::remove_if(first, readings.end(),
                                      [&](const Reading& reading) {
                                          const SeriesId id = reading.series.id();
                                          if (id >= seen.size()) seen.resize(std::size_t{id} + 1);
                                          return std::exchange(seen[id], mark) == mark;
                                      }),
                       readings.end());
        const std::size_t end = readings.size();
        for (SeriesRef& old : slot.last) {
            const SeriesId id = old.id();
            if (id < seen.size() && seen[id] == mark) continue;
            readings.push_back({std::move(old), kStaleNaN});
        }
        slot.last.clear();
        static const Symbol kName{kMetricName};
        for (std::size_t i = begin; i < end; ++i) {
            slot.last.push_back(readings[i].series);
            slot.metrics.insert(readings[i].series.labels().get(kName));
        }
    }

    static void note(Slot& slot, std::string failure) {
        if (slot.failure.empty() && !failure.empty()) {
            net::log_warning("collector fails", {{"collector", slot.name}, {"error", failure}});
        } else if (!slot.failure.empty() && failure.empty()) {
            net::log_info("collector works again", {{"collector", slot.name}});
        }
        slot.failure = std::move(failure);
    }

    void finish_one(const std::shared_ptr<Cycle>& cycle) {
        if (--cycle->pending > 0) return;
        for (const Slot& slot : slots) {
            cycle->readings.push_back({slot.duration_series, seconds(slot.took)});
            cycle->readings.push_back({slot.success_series, slot.failure.empty() ? 1.0 : 0.0});
            cycle->readings.push_back({slot.timeouts_series, static_cast<double>(slot.timeouts)});
        }
        // Not from inside run_cycle(): callers need not expect their own callback there.
        loop.post([weak = weak_from_this(), cycle] {
            if (weak.lock()) cycle->done(cycle->at, cycle->readings);
        });
    }
};

Runner::Runner(net::Loop& loop, net::OffloadPool& pool, const Clock& clock, SeriesTable& series,
               std::vector<RunnerEntry> entries)
    : impl_(std::make_shared<Impl>(loop, pool, clock)) {
    for (RunnerEntry& entry : entries) impl_->add(std::move(entry), series);
}

Runner::~Runner() = default;

void Runner::run_cycle(CycleDone done) {
    impl_->run(std::move(done));
}

std::vector<std::pair<std::string, std::string>> Runner::failing() const {
    std::vector<std::pair<std::string, std::string>> names;
    for (const Slot& slot : impl_->slots) {
        if (!slot.failure.empty()) names.emplace_back(slot.name, slot.failure);
    }
    return names;
}

bool Runner::source_failing(std::string_view metric) const {
    return std::any_of(impl_->slots.begin(), impl_->slots.end(), [&](const Slot& slot) {
        return !slot.failure.empty() && slot.metrics.contains(Symbol(metric));
    });
}

}  // namespace tocsin::collector
