#include "collector/api/target_runner.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <unordered_set>

#include "base/net/log.h"

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration kLongestBackoff{5min};
constexpr int kPatience = 3;

constexpr MetricDesc kUp{"up", "Whether the target's last collection succeeded.",
                         MetricType::kGauge};
constexpr MetricDesc kScrapeDuration{
    "scrape_duration_seconds", "How long the target's last collection took.", MetricType::kGauge};

struct Slot {
    TargetEntry entry;
    std::string name;
    Duration every{};
    Duration timeout{};
    SeriesRef up;  // none for what is the host itself
    SeriesRef duration;
    Readings last;                       // without staleness
    std::unordered_set<Symbol> metrics;  // every metric name it ever reported
    std::string failure;                 // "" when the last collection succeeded
    int failures = 0;                    // in a row
    std::int64_t skip = 0;               // intervals until it is asked again
    std::uint64_t run = 0;               // which collection is under way
    bool busy = false;
    Steady::time_point started;
    net::Timer next;
    net::Timer deadline;
};

// Where in its interval a target is asked: the same for the same target at every start, and
// different ones spread out.
Duration offset_of(const Slot& slot) {
    const std::uint64_t hash = std::hash<std::string>{}(slot.name + slot.entry.config->job);
    const auto every = static_cast<std::uint64_t>(slot.every.count());
    return Duration{static_cast<Duration::rep>(hash % every)};
}

}  // namespace

std::int64_t intervals_until_retry(int failures, Duration every) {
    if (failures < kPatience) return 1;
    const std::int64_t most = std::max<std::int64_t>(1, kLongestBackoff / every);
    std::int64_t intervals = 1;
    for (int i = kPatience; i <= failures && intervals < most; ++i) intervals *= 2;
    return std::min(intervals, most);
}

struct TargetRunner::Impl : std::enable_shared_from_this<Impl> {
    net::Loop& loop;
    const Clock& clock;
    std::vector<Slot> slots;
    BatchDone done;
    Readings batch;  // kept for its capacity
    std::vector<std::uint32_t> seen;
    std::uint32_t mark = 0;

    Impl(net::Loop& l, const Clock& c) : loop(l), clock(c) {}

    void add(TargetEntry entry, SeriesTable& table, Duration interval) {
        Slot& slot = slots.emplace_back();
        const TargetConfig& config = *entry.config;
        slot.name = entry.kind + " " + (config.name.empty() ? config.instance : config.name);
        slot.every = config.every > Duration{0} ? config.every : interval;
        slot.timeout = std::min(config.timeout, slot.every);
        if (!config.instance.empty()) {
            const TargetSeries series(table, config);
            slot.up = series.get(&kUp);
            slot.duration = series.get(&kScrapeDuration);
        }
        slot.entry = std::move(entry);
    }

    void schedule(std::size_t index, Duration delay) {
        slots[index].next = loop.after(delay, [weak = weak_from_this(), index] {
            if (const auto self = weak.lock()) self->tick(index);
        });
    }

    void tick(std::size_t index) {
        Slot& slot = slots[index];
        // The steady clock's rhythm: a collection that takes long does not shift the next.
        schedule(index, slot.every);
        if (slot.busy) return;
        if (slot.skip > 1) {
            --slot.skip;
            return tell_down(slot);
        }
        slot.busy = true;
        slot.started = Steady::now();
        const std::uint64_t run = ++slot.run;
        const Timestamp at = clock.now();
        slot.deadline = loop.after(slot.timeout, [weak = weak_from_this(), index, at] {
            if (const auto self = weak.lock()) self->expired(index, at);
        });
        slot.entry.target->start(at, [weak = weak_from_this(), index, run, at](
                                         const Result<void>& result, Readings readings) {
            const auto self = weak.lock();
            if (self && self->slots[index].busy && self->slots[index].run == run) {
                self->returned(index, at, result, std::move(readings));
            }
        });
    }

    void expired(std::size_t index, Timestamp at) {
        Slot& slot = slots[index];
        Readings readings = slot.entry.target->cancel();
        const std::string after = format_duration(slot.timeout);
        returned(index, at, Error(ErrorCode::kTimeout, "no answer within " + after),
                 std::move(readings));
    }

    void returned(std::size_t index, Timestamp at, const Result<void>& result, Readings readings) {
        Slot& slot = slots[index];
        slot.deadline.cancel();
        slot.busy = false;
        note(slot, result ? std::string() : result.error().message);
        slot.failures = result ? 0 : slot.failures + 1;
        slot.skip = intervals_until_retry(slot.failures, slot.every);
        if (slot.up) {
            const std::chrono::duration<double> took = Steady::now() - slot.started;
            readings.push_back({slot.up, result ? 1.0 : 0.0});
            readings.push_back({slot.duration, took.count()});
        }
        batch.assign(readings.begin(), readings.end());
        end_what_went(slot, readings);
        slot.last = std::move(readings);
        publish(at);
    }

    // While a target is left alone its `up` must not go stale, or rules would take it for gone.
    void tell_down(const Slot& slot) {
        if (!slot.up) return;
        batch.assign(1, {slot.up, 0.0});
        publish(clock.now());
    }

    void publish(Timestamp at) {
        if (done) done(at, batch);
        batch.clear();
    }

    // Appends a stale mark to the batch for each series of the last collection that `now` lacks.
    void end_what_went(Slot& slot, const Readings& now) {
        ++mark;
        for (const Reading& reading : now) {
            const SeriesId id = reading.series.id();
            if (id >= seen.size()) seen.resize(std::size_t{id} + 1);
            seen[id] = mark;
        }
        bool same = now.size() == slot.last.size();
        for (const Reading& old : slot.last) {
            const SeriesId id = old.series.id();
            if (id < seen.size() && seen[id] == mark) continue;
            // Its source told when it was, so nobody knows when it ended (Prometheus: staleness).
            if (old.has_time()) continue;
            batch.push_back({old.series, kStaleNaN});
            same = false;
        }
        if (same) return;
        static const Symbol kName{kMetricName};
        for (const Reading& reading : now) {
            slot.metrics.insert(reading.series.labels().get(kName));
        }
    }

    static void note(Slot& slot, std::string failure) {
        if (slot.failure.empty() && !failure.empty()) {
            net::log_warning("target fails", {{"target", slot.name}, {"error", failure}});
        } else if (!slot.failure.empty() && failure.empty()) {
            net::log_info("target answers again", {{"target", slot.name}});
        }
        slot.failure = std::move(failure);
    }
};

TargetRunner::TargetRunner(net::Loop& loop, const Clock& clock, SeriesTable& series,
                           Duration interval, std::vector<TargetEntry> entries)
    : impl_(std::make_shared<Impl>(loop, clock)) {
    for (TargetEntry& entry : entries) impl_->add(std::move(entry), series, interval);
}

TargetRunner::~TargetRunner() = default;

void TargetRunner::start(BatchDone done) {
    impl_->done = std::move(done);
    for (std::size_t i = 0; i < impl_->slots.size(); ++i) {
        impl_->schedule(i, offset_of(impl_->slots[i]));
    }
}

void TargetRunner::stop() {
    impl_->done = nullptr;
    for (Slot& slot : impl_->slots) {
        slot.next.cancel();
        slot.deadline.cancel();
        if (std::exchange(slot.busy, false)) slot.entry.target->cancel();
    }
}

void TargetRunner::append_last(Readings& out) const {
    for (const Slot& slot : impl_->slots) {
        out.insert(out.end(), slot.last.begin(), slot.last.end());
    }
}

std::vector<std::pair<std::string, std::string>> TargetRunner::failing() const {
    std::vector<std::pair<std::string, std::string>> names;
    for (const Slot& slot : impl_->slots) {
        if (!slot.failure.empty()) names.emplace_back(slot.name, slot.failure);
    }
    return names;
}

bool TargetRunner::source_failing(std::string_view metric) const {
    return std::any_of(impl_->slots.begin(), impl_->slots.end(), [&](const Slot& slot) {
        return !slot.failure.empty() && slot.metrics.contains(Symbol(metric));
    });
}

}  // namespace tocsin::collector
