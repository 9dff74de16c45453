// From inputs to committed changes: the one place where events reach the incident core and the
// store. Synchronous, one thread (the worker's, or a test's); time is an argument.
//
// All inputs of a call are one transaction. A transaction that fails for a reason that will not
// pass is taken apart (halves, then one by one, then alert by alert), so that one bad alert costs
// itself. Nothing is remembered between calls: only stored rows decide.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/ingest/input.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

// Read by any thread.
struct EngineStats {
    std::atomic<std::int64_t> commits{0};
    std::atomic<std::int64_t> failed_commits{0};
    std::atomic<std::int64_t> alerts{0};
    std::atomic<std::int64_t> heartbeats{0};
    std::atomic<std::int64_t> actions{0};
    std::atomic<std::int64_t> opened{0};
    std::atomic<std::int64_t> refused_inputs{0};
};

class Engine {
  public:
    using OnCommit = std::function<void(const Committed&)>;

    // The store outlives the engine. `on_commit` runs on the caller's thread after each commit.
    Engine(Store& store, std::shared_ptr<const BridgeConfig> config, OnCommit on_commit);

    // Nobody was served before this moment. Before anything else. A clock that stands before what
    // the store knows of was set back meanwhile.
    Result<void> start(Timestamp now);

    void configure(std::shared_ptr<const BridgeConfig> config) {
        config_ = std::move(config);
        review_ = true;
        expected_synced_ = false;
    }

    // An answer an input, in order. An error with Retry::kYes: nothing of that input is stored.
    std::vector<Result<Answer>> process(std::span<const Input> inputs, Timestamp now);

    // Whatever is due: timers, alerts without news, silent hosts. True when more waits. Wanted
    // every second: a longer gap counts as time in which nobody could reach this bridge, and so
    // does the time in which its store took nothing.
    Result<bool> tick(Timestamp now);
    // For a caller that lets time jump (bridge/simulate): until then nothing was due and everybody
    // could reach this bridge, so the jump is no gap.
    void served_until(Timestamp now) { looked_at_ = std::max(looked_at_, now); }
    // Since when everybody who had news could have told it.
    Timestamp served_since() const { return served_since_; }
    // When tick() is wanted next at the latest.
    Timestamp next_tick(Timestamp now);

    const EngineStats& stats() const { return stats_; }

  private:
    using Work = std::function<Result<void>(class Batch&)>;
    Result<void> commit(Timestamp now, const Work& work);
    void stored(const Result<void>& done, Timestamp now);
    Result<void> follow_clock(Timestamp now);
    Result<void> look_at_absence(Timestamp now);
    Result<void> look_at_reviews(Timestamp now);
    Result<void> look_at_expected(Timestamp now);
    void process_range(std::span<const Input> inputs, Timestamp now,
                       std::vector<Result<Answer>>& answers);
    Result<Answer> alert_by_alert(const AlertsIn& in, Timestamp now, const Error& first);
    void one_timer(const TimerRow& row, Timestamp now);
    Result<void> apply_due(std::span<const TimerRow> timers, std::span<const AlertRecord> alerts,
                           std::span<const HostRow> hosts, Timestamp now);
    Result<void> due_suppression(Timestamp now);
    void count(std::span<const Input> inputs);

    Store& store_;
    std::shared_ptr<const BridgeConfig> config_;
    OnCommit on_commit_;
    // Since when everybody who had news could have told it: silence before that says nothing.
    Timestamp served_since_;
    Timestamp looked_at_;           // the last tick
    Timestamp seen_;                // the last time that anybody came with, or the store told of
    Timestamp tried_at_;            // the last look whether the store takes writes
    Timestamp granted_since_;       // the served_since_ for which due timers have been put off
    bool refusing_ = false;         // the store did not take the last write
    bool review_ = true;            // what holds alerts back may not be what it was
    bool expected_synced_ = false;  // the store has rows for all that config_ expects
    EngineStats stats_;
};

}  // namespace tocsin::bridge
