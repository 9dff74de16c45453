// The thread that owns the store's writing connection: takes all that has queued up, commits it as
// one transaction, answers; between that it does what is due.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/core/clock.h"
#include "base/net/loop.h"
#include "bridge/ingest/engine.h"

namespace tocsin::bridge {

class Worker {
  public:
    using Done = std::function<void(Result<Answer>)>;

    // Opens nothing: the store comes open and the engine's callbacks run on the worker's thread.
    // The loop must outlive the worker; `clock` is the system's.
    Worker(net::Loop& loop, std::unique_ptr<Store> store,
           std::shared_ptr<const BridgeConfig> config, const Clock& clock,
           Engine::OnCommit on_commit);
    // Finishes what is queued.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Any thread. `done` runs on the loop once the input is committed, or refused. An input that
    // finds the queue full is refused at once (kUnavailable).
    void submit(Input input, Done done);
    // Runs `job` on the worker's thread between two batches, then `done` on the loop.
    void run(std::function<void(Store&)> job, std::function<void()> done);
    void configure(std::shared_ptr<const BridgeConfig> config);
    // Commits what is queued and ends the thread. Later submissions are refused.
    void stop();

    std::size_t queued() const;
    bool healthy() const;  // the last attempt to store something worked
    const EngineStats& stats() const { return engine_.stats(); }

  private:
    struct Item {
        Input input;
        Done done;
    };
    void loop();
    // Under the lock: whether there is a reason not to wait any longer.
    bool wanted(Timestamp now) const;
    void take_and_process();
    void due_work();

    net::Loop& loop_;
    std::unique_ptr<Store> store_;
    const Clock& clock_;
    Engine engine_;

    mutable std::mutex lock_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    std::size_t urgent_ = 0;     // of the queue, those that are not heartbeats
    Timestamp first_heartbeat_;  // when the oldest of the queue came
    std::deque<std::pair<std::function<void(Store&)>, std::function<void()>>> jobs_;
    std::shared_ptr<const BridgeConfig> next_config_;
    bool stopping_ = false;
    bool healthy_ = true;

    Timestamp next_tick_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace tocsin::bridge
