#include "collector/api/runner.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/net/log.h"
#include "collector/api/accounts.h"
#include "collector/api/blocking_call.h"
#include "collector/api/failure_log.h"

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

// Blocking collectors run one after another on one thread of the pool, which costs one wake-up a
// cycle and not one each. After so long what still waits behind a slow one gets calls of its own.
constexpr Duration kPatience = 20ms;

// Most hosts lack most of what there are collectors for (tapes, ZFS, InfiniBand): one that has had
// nothing to tell so many times in a row is asked once a minute until it has.
constexpr int kEmptyInARow = 3;
constexpr Duration kLookAgain = 1min;

struct Cycle {
    Timestamp at;
    CycleDone done;
    // By slot, whoever is done first: a page is laid out anew where the order of its series
    // changes.
    std::vector<Readings> parts;
    std::size_t pending = 0;
    net::Timer impatience;
};

struct Slot {
    std::size_t place = 0;  // among a cycle's parts
    std::string name;
    Threading threading = Threading::kInline;
    Duration timeout{};
    std::unique_ptr<Collector> inline_collector;
    std::shared_ptr<BlockingCall> call;
    SeriesRef duration_series;
    SeriesRef success_series;
    SeriesRef timeouts_series;
    std::vector<SeriesRef> last;         // what it reported in the last cycle
    std::unordered_set<Symbol> metrics;  // every metric name it ever reported
    std::uint64_t timeouts = 0;
    Steady::duration took{};
    std::string failure;  // "" when the last cycle succeeded
    FailureLog failures_said;
    std::uint64_t cycles = 1;
    std::uint64_t due = 0;    // the number of the cycle in which it is asked again
    Readings told;            // what is told again until then
    int empty = 0;            // cycles in a row in which it succeeded with nothing
    Duration rests_until{0};  // boottime
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
    std::uint64_t number = 0;  // of the last cycle

    Impl(net::Loop& l, net::OffloadPool& p, const Clock& c) : loop(l), pool(p), clock(c) {}

    void add(RunnerEntry entry, SeriesTable& series) {
        Slot& slot = slots.emplace_back();
        slot.place = slots.size() - 1;
        const Labels labels{{"collector", entry.name}};
        slot.duration_series = series.get(&kCollectorDuration, labels);
        slot.success_series = series.get(&kCollectorSuccess, labels);
        slot.timeouts_series = series.get(&kCollectorTimeouts, labels);
        fill(slot, std::move(entry));
    }

    static void fill(Slot& slot, RunnerEntry entry) {
        slot.name = std::move(entry.name);
        slot.threading = entry.threading;
        slot.timeout = entry.timeout;
        slot.cycles = entry.cycles;
        slot.due = 0;
        if (slot.threading == Threading::kInline) {
            slot.inline_collector = std::move(entry.collector);
        } else {
            slot.call = std::make_shared<BlockingCall>(std::move(entry.collector));
        }
    }

    void replace(RunnerEntry entry) {
        for (Slot& slot : slots) {
            if (slot.name == entry.name && !slot.busy) return fill(slot, std::move(entry));
        }
    }

    void run(CycleDone done) {
        auto cycle = std::make_shared<Cycle>();
        cycle->at = clock.now();
        cycle->done = std::move(done);
        cycle->pending = 1;  // this function, until it has started everything
        ++number;
        cycle->parts.resize(slots.size());
        for (const Slot& slot : slots) {
            if (slot.due > number) cycle->parts[slot.place] = slot.told;
        }
        start_blocking(cycle);
        for (Slot& slot : slots) {
            if (slot.threading == Threading::kInline && !rests(slot)) run_inline(slot, *cycle);
        }
        finish_one(cycle);
    }

    bool rests(const Slot& slot) const {
        if (slot.due > number) return true;
        return slot.empty >= kEmptyInARow && clock.boottime() < slot.rests_until;
    }

    void run_inline(Slot& slot, Cycle& cycle) {
        Readings& readings = cycle.parts[slot.place];
        readings.reserve(slot.last.size());
        const Steady::time_point start = Steady::now();
        const Result<void> result = slot.inline_collector->collect(cycle.at, readings);
        slot.took = Steady::now() - start;
        note(slot, result ? std::string() : result.error().message);
        settle(slot, readings);
    }

    void start_blocking(const std::shared_ptr<Cycle>& cycle) {
        std::vector<std::size_t> batch;
        Duration patience = kPatience;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            Slot& slot = slots[i];
            if (slot.threading != Threading::kBlocking || rests(slot)) continue;
            if (slot.busy) {
                // Hung since an earlier cycle, or still within its deadline in one that overlaps.
                slot.took = Steady::now() - slot.started;
                if (!slot.cycle) note(slot, "still hanging since an earlier collection");
                continue;
            }
            slot.call->offer(cycle->at);
            slot.busy = true;
            slot.started = Steady::now();
            slot.cycle = cycle;
            ++cycle->pending;
            patience = std::min(patience, slot.timeout);
            batch.push_back(i);
        }
        if (batch.empty() || !run_in_pool(batch)) return;
        cycle->impatience =
            loop.after(patience, [weak = weak_from_this(), batch = std::move(batch)] {
                if (const auto self = weak.lock()) self->spread(batch);
            });
    }

    // One call of the pool for all of them, in turn.
    bool run_in_pool(const std::vector<std::size_t>& batch) {
        std::vector<std::shared_ptr<BlockingCall>> calls;
        calls.reserve(batch.size());
        for (const std::size_t i : batch) calls.push_back(slots[i].call);
        const bool accepted = pool.run(
            [calls = std::move(calls)] {
                for (const auto& call : calls) call->run_if_offered();
            },
            [weak = weak_from_this(), batch] {
                if (const auto self = weak.lock()) self->settle_over(batch);
            });
        if (!accepted) {
            for (const std::size_t i : batch) {
                give_up(slots[i], "no thread is free: too many collectors hang");
                slots[i].busy = false;
            }
        }
        return accepted;
    }

    // One of them takes its time: the others no longer wait for it, and each has its deadline.
    void spread(const std::vector<std::size_t>& batch) {
        settle_over(batch);
        for (const std::size_t i : batch) {
            Slot& slot = slots[i];
            if (!slot.busy) continue;
            const auto gone = std::chrono::duration_cast<Duration>(Steady::now() - slot.started);
            slot.deadline = loop.after(std::max(Duration{0}, slot.timeout - gone),
                                       [weak = weak_from_this(), i] {
                                           if (const auto self = weak.lock()) self->expired(i);
                                       });
            if (slot.call->offered()) run_in_pool({i});
        }
    }

    void settle_over(const std::vector<std::size_t>& batch) {
        for (const std::size_t i : batch) {
            if (slots[i].busy && slots[i].call->is_over()) returned(slots[i]);
        }
    }

    void returned(Slot& slot) {
        slot.deadline.cancel();
        slot.busy = false;
        const std::shared_ptr<Cycle> cycle = std::exchange(slot.cycle, nullptr);
        BlockingCall& call = *slot.call;
        if (cycle) {
            slot.took = call.took;
            note(slot, std::move(call.failure));
            Readings& readings = cycle->parts[slot.place];
            readings.assign(std::make_move_iterator(call.readings.begin()),
                            std::make_move_iterator(call.readings.end()));
            settle(slot, readings);
        }
        call.readings.clear();
        if (cycle) finish_one(cycle);
    }

    void expired(std::size_t index) {
        Slot& slot = slots[index];
        if (!slot.cycle) return;
        if (slot.call->is_over()) return returned(slot);
        ++slot.timeouts;
        give_up(slot, "not done after " + format_duration(slot.timeout));
    }

    // The cycle goes on without it. What has not begun does not begin any more; what hangs, or
    // waits for a thread, keeps its slot busy until the thread is through with it.
    void give_up(Slot& slot, std::string why) {
        const std::shared_ptr<Cycle> cycle = std::exchange(slot.cycle, nullptr);
        slot.deadline.cancel();
        slot.call->withdraw();
        slot.took = Steady::now() - slot.started;
        note(slot, std::move(why));
        settle(slot, cycle->parts[slot.place]);
        finish_one(cycle);
    }

    // Drops what a series is told a second time, and appends a stale mark for each series that the
    // slot's last cycle had and its readings do not.
    void settle(Slot& slot, Readings& readings) {
        const std::size_t count = readings.size();
        slot.empty = count == 0 && slot.failure.empty() ? slot.empty + 1 : 0;
        slot.rests_until = clock.boottime() + kLookAgain;
        // Only what was asked and answered is told again: one that failed, or found no thread, is
        // asked in the next cycle.
        slot.due = number + (slot.failure.empty() ? slot.cycles : 1);
        bool same = count == slot.last.size();
        for (std::size_t i = 0; same && i < count; ++i) {
            same = readings[i].series == slot.last[i];
        }
        if (same) return remember(slot, readings);
        ++mark;
        std::erase_if(readings, [&](const Reading& reading) {
            const SeriesId id = reading.series.id();
            if (id >= seen.size()) seen.resize(std::size_t{id} + 1);
            return std::exchange(seen[id], mark) == mark;
        });
        remember(slot, readings);
        const std::size_t end = readings.size();
        for (SeriesRef& old : slot.last) {
            const SeriesId id = old.id();
            if (id < seen.size() && seen[id] == mark) continue;
            readings.push_back({std::move(old), kStaleNaN});
        }
        slot.last.clear();
        static const Symbol kName{kMetricName};
        for (std::size_t i = 0; i < end; ++i) {
            slot.last.push_back(readings[i].series);
            slot.metrics.insert(readings[i].series.labels().get(kName));
        }
    }

    static void remember(Slot& slot, const Readings& readings) {
        slot.told.clear();
        if (slot.cycles > 1) slot.told = readings;
    }

    static void note(Slot& slot, std::string failure) {
        const FailureNews news = slot.failures_said.take(failure, Steady::now());
        if (news == FailureNews::kFails) {
            net::log_warning("collector fails", {{"collector", slot.name}, {"error", failure}});
        } else if (news == FailureNews::kWorksAgain) {
            net::log_info("collector works again", {{"collector", slot.name}});
        }
        slot.failure = std::move(failure);
    }

    void finish_one(const std::shared_ptr<Cycle>& cycle) {
        if (--cycle->pending > 0) return;
        cycle->impatience.cancel();
        Readings readings;
        constexpr std::size_t kAccounts = 3;
        std::size_t count = slots.size() * kAccounts;
        for (const Readings& part : cycle->parts) count += part.size();
        readings.reserve(count);
        for (Readings& part : cycle->parts) {
            std::move(part.begin(), part.end(), std::back_inserter(readings));
        }
        for (const Slot& slot : slots) {
            readings.push_back({slot.duration_series, seconds(slot.took)});
            readings.push_back({slot.success_series, slot.failure.empty() ? 1.0 : 0.0});
            readings.push_back({slot.timeouts_series, static_cast<double>(slot.timeouts)});
        }
        // Not from inside run_cycle(): callers need not expect their own callback there.
        loop.post([weak = weak_from_this(), cycle, all = std::move(readings)] {
            if (weak.lock()) cycle->done(cycle->at, all);
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

void Runner::replace(RunnerEntry entry) {
    impl_->replace(std::move(entry));
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
