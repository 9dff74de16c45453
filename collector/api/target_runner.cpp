#include "collector/api/target_runner.h"

#include <algorithm>
#include <any>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <unordered_set>

#include "base/net/log.h"
#include "collector/api/accounts.h"
#include "collector/api/failure_log.h"
#include "collector/api/repeated.h"
#include "collector/api/rhythm.h"

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

// Of one target. A source that makes up ever new names is not remembered without end.
constexpr std::size_t kMostMetrics = 20'000;

constexpr MetricDesc kUp{"up", "Whether the target's last collection succeeded.",
                         MetricType::kGauge};
constexpr MetricDesc kScrapeDuration{
    "scrape_duration_seconds", "How long the target's last collection took.", MetricType::kGauge};
constexpr MetricDesc kRepeated{"tocsin_target_repeated_samples_total",
                               "Samples of the target that were dropped because their series "
                               "stood in the same collection before.",
                               MetricType::kCounter};

struct Slot {
    TargetEntry entry;
    std::string name;
    Duration every{};
    Duration timeout{};
    SeriesRef success;  // `up`, or tocsin_collector_success of what is the host itself
    SeriesRef duration;
    SeriesRef timeouts;  // of that alone
    std::uint64_t timed_out = 0;
    Readings last;                       // without staleness
    std::size_t repeated = 0;            // samples that were dropped
    std::unordered_set<Symbol> metrics;  // every metric name it reported, while they are not many
    std::string failure;                 // "" when the last collection succeeded
    FailureLog failures_said;
    int failures = 0;       // in a row
    std::int64_t skip = 0;  // intervals until it is asked again
    std::uint64_t run = 0;  // which collection is under way
    bool busy = false;
    Steady::time_point started;
    Timestamp at;                         // likewise, on the clock
    Steady::time_point due;               // of `next`
    std::optional<Timestamp> told_again;  // the time of the last samples, where they were
    bool goes_on = false;                 // over a reload, and was asked before it
    std::any handed_on;                   // of a target that has gone
    net::Timer next;
    net::Timer again;
    net::Timer deadline;

    bool is_host() const { return entry.config->instance.empty(); }
    // Those every target has; when another one's are missed, this one is not the cause.
    bool is_account(const SeriesRef& series) const {
        return series == success || series == duration || series == timeouts;
    }
};

using SlotId = std::uint64_t;  // never used again
using Slots = std::map<SlotId, Slot>;

}  // namespace

struct TargetRunner::Impl : std::enable_shared_from_this<Impl> {
    net::Loop& loop;
    const Clock& clock;
    Slots slots;
    SlotId next_id = 0;
    BatchDone done;
    Readings batch;  // kept for its capacity
    std::vector<std::uint32_t> seen;
    std::uint32_t mark = 0;
    Repeated repeated;
    SeriesTable& table;
    Duration interval;
    Duration lookback;

    Impl(net::Loop& l, const Clock& c, SeriesTable& t, Duration i, Duration back)
        : loop(l), clock(c), table(t), interval(i), lookback(back) {}

    SlotId add(TargetEntry entry) {
        const SlotId id = next_id++;
        Slot& slot = slots[id];
        const TargetConfig& config = *entry.config;
        slot.name = entry.kind + " " + (config.name.empty() ? config.instance : config.name);
        slot.every = config.every > Duration{0} ? config.every : interval;
        slot.timeout = std::min(config.timeout, slot.every);
        if (config.instance.empty()) {
            const Labels labels{{"collector", slot.name}};
            slot.success = table.get(&kCollectorSuccess, labels);
            slot.duration = table.get(&kCollectorDuration, labels);
            slot.timeouts = table.get(&kCollectorTimeouts, labels);
        } else {
            const TargetSeries series(table, config);
            slot.success = series.get(&kUp);
            slot.duration = series.get(&kScrapeDuration);
        }
        slot.entry = std::move(entry);
        return id;
    }

    static void let_go(Slot& slot) {
        slot.next.cancel();
        slot.again.cancel();
        slot.deadline.cancel();
        if (std::exchange(slot.busy, false)) slot.entry.target->cancel();
    }

    void let_go() {
        for (auto& [_, slot] : slots) let_go(slot);
    }

    void replace(const std::function<bool(const TargetEntry&)>& stays,
                 const std::function<std::vector<TargetEntry>()>& make) {
        Slots old;
        for (auto at = slots.begin(); at != slots.end();) {
            const auto here = at++;
            if (stays(here->second.entry)) continue;
            let_go(here->second);
            old.insert(slots.extract(here));
        }
        for (auto& [_, slot] : old) {
            slot.handed_on = slot.entry.target->handed_on();
            slot.entry.target.reset();
        }
        std::vector<SlotId> added;
        for (TargetEntry& entry : make()) added.push_back(add(std::move(entry)));
        for (auto& [_, slot] : old) take_over(slot, added);
        publish(clock.now());
        if (!done) return;
        for (const SlotId id : added) {
            const Slot& slot = slots.at(id);
            schedule(id, first_due(slot));
            if (!slot.last.empty()) tell_again_later(id);
        }
    }

    // What a target told last, and what it knows, is its successor's, or ends.
    void take_over(Slot& old, const std::vector<SlotId>& added) {
        for (const SlotId id : added) {
            Slot& next = slots.at(id);
            if (next.name != old.name || next.entry.config->job != old.entry.config->job) continue;
            next.last = std::move(old.last);
            next.metrics = std::move(old.metrics);
            next.failure = std::move(old.failure);
            next.failures_said = std::move(old.failures_said);
            next.told_again = old.told_again;
            next.timed_out = old.timed_out;
            next.repeated = old.repeated;
            next.goes_on = true;
            next.due = old.due;
            next.entry.target->take_over(old.handed_on);
            return;
        }
        for (const Reading& reading : old.last) {
            if (!reading.has_time()) batch.push_back({reading.series, kStaleNaN});
        }
    }

    // Of one that goes on over a reload: it keeps its rhythm.
    Steady::time_point first_due(const Slot& slot) const {
        const Steady::time_point now = Steady::now();
        if (slot.goes_on)
            return slot.due <= now ? slot.due : next_in_rhythm(slot.due, slot.every, now);
        const std::uint64_t hash = std::hash<std::string>{}(slot.name + slot.entry.config->job);
        return now + first_asked_after(hash, slot.every, slots.size());
    }

    // Rules look so far back for a sample: what a target told is told again while it is not asked,
    // or it would seem gone between two collections.
    void tell_again_later(SlotId id) {
        Slot& slot = slots.at(id);
        if (slot.every + slot.timeout < lookback / 2) return;
        slot.again = loop.after(lookback / 3, [weak = weak_from_this(), id] {
            if (const auto self = weak.lock()) self->tell_again(id);
        });
    }

    void tell_again(SlotId id) {
        tell_last(slots.at(id));
        tell_again_later(id);
    }

    void tell_last(Slot& slot) {
        batch.clear();
        for (const Reading& reading : slot.last) {
            if (!reading.has_time()) batch.push_back(reading);
        }
        slot.told_again = clock.now();
        publish(*slot.told_again);
    }

    void schedule(SlotId id, Steady::time_point due) {
        Slot& slot = slots.at(id);
        slot.due = due;
        const auto delay = std::chrono::ceil<Duration>(due - Steady::now());
        slot.next = loop.after(delay, [weak = weak_from_this(), id] {
            if (const auto self = weak.lock()) self->tick(id);
        });
    }

    void tick(SlotId id) {
        Slot& slot = slots.at(id);
        // The steady clock's rhythm: neither a collection that takes long nor a late tick shifts
        // the next.
        const Steady::time_point now = Steady::now();
        schedule(id, next_in_rhythm(slot.due, slot.every, now));
        // A deadline as long as the interval is due about now too; waiting for it would halve the
        // pace. What was started late has its time still.
        const bool due = now - slot.started >= slot.timeout - slot.timeout / 8;
        if (slot.busy && slot.timeout >= slot.every && due) expired(id);
        if (slot.busy) return;
        if (slot.skip > 1) {
            --slot.skip;
            // While a target is left alone nothing of it may go stale: rules would take it for
            // gone.
            return tell_last(slot);
        }
        start(id);
    }

    void start(SlotId id) {
        Slot& slot = slots.at(id);
        slot.busy = true;
        slot.started = Steady::now();
        const std::uint64_t run = ++slot.run;
        const Timestamp at = slot.at = clock.now();
        slot.deadline = loop.after(slot.timeout, [weak = weak_from_this(), id] {
            if (const auto self = weak.lock()) self->expired(id);
        });
        slot.entry.target->start(at, [weak = weak_from_this(), id, run, at](
                                         const Result<void>& result, Readings readings) {
            const auto self = weak.lock();
            if (!self) return;
            const auto at_work = self->slots.find(id);
            if (at_work != self->slots.end() && at_work->second.busy &&
                at_work->second.run == run) {
                self->returned(id, at, result, std::move(readings));
            }
        });
    }

    void expired(SlotId id) {
        Slot& slot = slots.at(id);
        ++slot.timed_out;
        Readings readings = slot.entry.target->cancel();
        const std::string after = format_duration(slot.timeout);
        returned(id, slot.at, Error(ErrorCode::kTimeout, "no answer within " + after),
                 std::move(readings));
    }

    void returned(SlotId id, Timestamp at, const Result<void>& result, Readings readings) {
        Slot& slot = slots.at(id);
        slot.deadline.cancel();
        slot.busy = false;
        note(slot, result ? std::string() : result.error().message);
        slot.failures = result || slot.entry.target->was_reached() ? 0 : slot.failures + 1;
        const bool backs_off = slot.entry.after_failures == AfterFailures::kLessOften;
        slot.skip = backs_off ? intervals_until_retry(slot.failures, slot.every) : 1;
        drop_repeated(slot, readings);
        add_accounts(slot, readings);
        batch.assign(readings.begin(), readings.end());
        end_what_went(slot, readings);
        slot.last = std::move(readings);
        // Not before what was told again while it ran.
        if (slot.told_again) at = std::max(at, *slot.told_again + Duration{1});
        slot.told_again.reset();
        publish(at);
        tell_again_later(id);
    }

    static void add_accounts(const Slot& slot, Readings& readings) {
        const std::chrono::duration<double> took = Steady::now() - slot.started;
        readings.push_back({slot.success, slot.failure.empty() ? 1.0 : 0.0});
        readings.push_back({slot.duration, took.count()});
        if (slot.is_host()) {
            readings.push_back({slot.timeouts, static_cast<double>(slot.timed_out)});
        }
    }

    // The first time it is named; what a target repeats it repeats in each collection.
    void drop_repeated(Slot& slot, Readings& readings) {
        SeriesRef which;
        const std::size_t dropped = repeated.drop(readings, which);
        if (dropped > 0 && slot.repeated == 0) {
            net::log_warning("target says a series twice; the first sample counts",
                             {{"target", slot.name}, {"series", which.labels().text()}});
        }
        slot.repeated += dropped;
        if (!slot.is_host() && slot.repeated > 0) {
            const SeriesRef series = TargetSeries(table, *slot.entry.config).get(&kRepeated);
            readings.push_back({series, static_cast<double>(slot.repeated)});
        }
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
        if (slot.metrics.size() > kMostMetrics) {
            slot.metrics.clear();
            learn_metrics(slot, slot.last);  // a failed collection says nothing
        }
        learn_metrics(slot, now);
    }

    static void learn_metrics(Slot& slot, const Readings& readings) {
        static const Symbol kName{kMetricName};
        for (const Reading& reading : readings) {
            if (slot.is_account(reading.series)) continue;
            slot.metrics.insert(reading.series.labels().get(kName));
        }
    }

    static void note(Slot& slot, std::string failure) {
        const FailureNews news = slot.failures_said.take(failure, Steady::now());
        if (news == FailureNews::kFails) {
            net::log_warning("target fails", {{"target", slot.name}, {"error", failure}});
        } else if (news == FailureNews::kWorksAgain) {
            net::log_info("target answers again", {{"target", slot.name}});
        }
        slot.failure = std::move(failure);
    }
};

TargetRunner::TargetRunner(net::Loop& loop, const Clock& clock, SeriesTable& series,
                           Duration interval, std::vector<TargetEntry> entries, Duration lookback)
    : impl_(std::make_shared<Impl>(loop, clock, series, interval, lookback)) {
    for (TargetEntry& entry : entries) impl_->add(std::move(entry));
}

TargetRunner::~TargetRunner() = default;

void TargetRunner::start(BatchDone done) {
    impl_->done = std::move(done);
    for (const auto& [id, slot] : impl_->slots) impl_->schedule(id, impl_->first_due(slot));
}

void TargetRunner::stop() {
    impl_->done = nullptr;
    impl_->let_go();
}

void TargetRunner::replace(const std::function<bool(const TargetEntry&)>& stays,
                           const std::function<std::vector<TargetEntry>()>& make) {
    impl_->replace(stays, make);
}

void TargetRunner::append_last(Readings& out) const {
    for (const auto& [_, slot] : impl_->slots) {
        out.insert(out.end(), slot.last.begin(), slot.last.end());
    }
}

std::vector<std::pair<std::string, std::string>> TargetRunner::failing() const {
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& [_, slot] : impl_->slots) {
        if (!slot.failure.empty()) names.emplace_back(slot.name, slot.failure);
    }
    return names;
}

bool TargetRunner::source_failing(std::string_view metric) const {
    return std::any_of(impl_->slots.begin(), impl_->slots.end(), [&](const auto& entry) {
        const Slot& slot = entry.second;
        return !slot.failure.empty() && slot.metrics.contains(Symbol(metric));
    });
}

}  // namespace tocsin::collector
