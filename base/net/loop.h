// The event loop of a daemon: one thread, tasks, timers, signals. Boost.Asio behind it.
//
// Everything but post() and stop() belongs to the loop's own thread. Callbacks may do anything,
// including destroying the object that called them.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "base/core/time.h"

namespace tocsin::net {

// Fires once unless cancelled; destroying it cancels. A cancelled timer's callback never runs.
class Timer {
  public:
    Timer() = default;
    Timer(Timer&&) noexcept = default;
    Timer& operator=(Timer&& other) noexcept;
    ~Timer() { cancel(); }
    void cancel();
    bool armed() const;

    struct State;

  private:
    friend class Loop;
    std::shared_ptr<State> state_;
};

class Loop {
  public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run();                                                                 // until stop()
    void stop();                                                                // from any thread
    void post(std::function<void()>);                                           // from any thread
    [[nodiscard]] Timer after(Duration delay, std::function<void()> callback);  // steady clock
    // Calls back with the signal's number, every time, until the loop ends.
    void on_signals(std::initializer_list<int> signals, std::function<void(int)> callback);
    // Calls back whenever the descriptor is readable, until the Timer-like handle goes.
    class Watch;
    [[nodiscard]] std::unique_ptr<Watch> on_readable(int fd, std::function<void()> callback);

    struct Impl;
    Impl& impl() { return *impl_; }  // for base/net's own sources

  private:
    std::unique_ptr<Impl> impl_;
};

class Loop::Watch {
  public:
    virtual ~Watch() = default;
};

}  // namespace tocsin::net
