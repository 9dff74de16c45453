// A blocking collector and what its running call writes to. Whoever takes the call, on a thread of
// the pool, owns all of it until is_over(); the runner may be gone by then.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/core/time.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

class BlockingCall {
  public:
    explicit BlockingCall(std::unique_ptr<Collector> collector)
        : collector_(std::move(collector)) {}

    // On the loop.
    void offer(Timestamp now) {  // for a cycle
        now_ = now;
        state_ = State::kOffered;
    }
    bool offered() const { return state_ == State::kOffered; }
    void withdraw() { move_on(State::kWithdrawn); }  // unless a thread has it already
    bool is_over() const { return state_ == State::kEnded || state_ == State::kWithdrawn; }

    // On a thread: runs it unless another thread has it, or it was withdrawn.
    void run_if_offered();

    // Of the last call that was run:
    Readings readings;
    std::string failure;  // "" when it succeeded
    std::chrono::steady_clock::duration took{};

  private:
    enum class State { kOffered, kWithdrawn, kRunning, kEnded };
    bool move_on(State next) {
        State expected = State::kOffered;
        return state_.compare_exchange_strong(expected, next);
    }

    std::unique_ptr<Collector> collector_;
    Timestamp now_;
    std::atomic<State> state_{State::kWithdrawn};
};

}  // namespace tocsin::collector
