#include "base/net/loop.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "base/net/loop_impl.h"
#include "base/net/loop_shared.h"

namespace tocsin::net {

namespace asio = boost::asio;
using boost::system::error_code;

// ---- Timer

struct Timer::State {
    explicit State(asio::io_context& io) : timer(io) {}
    asio::steady_timer timer;
    std::function<void()> callback;  // empty: fired or cancelled
};

Timer& Timer::operator=(Timer&& other) noexcept {
    if (this != &other) {
        cancel();
        state_ = std::move(other.state_);
    }
    return *this;
}

void Timer::cancel() {
    if (!state_) return;
    // The wait's handler may be queued already: an empty callback is what keeps it from running.
    // What the callback holds may own this Timer, so it dies last.
    auto state = std::move(state_);
    const auto callback = std::move(state->callback);
    state->callback = nullptr;
    state->timer.cancel();
}

bool Timer::armed() const {
    return state_ && state_->callback;
}

// ---- Loop

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
    impl_->io.run();
    impl_->io.restart();  // so that run() may be called again
}

void Loop::stop() {
    impl_->io.stop();
}

void Loop::post(std::function<void()> task) {
    asio::post(impl_->io, std::move(task));
}

Timer Loop::after(Duration delay, std::function<void()> callback) {
    auto state = std::make_shared<Timer::State>(impl_->io);
    state->callback = std::move(callback);
    const auto fire = [state] {
        // Cancelled, or cancelled after the timer's handler was queued.
        if (!state->callback) return;
        const auto due = std::move(state->callback);
        state->callback = nullptr;
        due();
    };
    if (delay <= Duration{0}) {
        // What only has to wait for its caller's end sets no clock: that costs two system calls and
        // another turn, a tenth of a probe.
        asio::post(impl_->io, fire);
    } else {
        state->timer.expires_after(delay);
        state->timer.async_wait([fire](error_code) { fire(); });
    }
    Timer timer;
    timer.state_ = std::move(state);
    return timer;
}

// ---- what its users share

std::weak_ptr<void>& shared_place(Loop& loop, std::type_index type) {
    return loop.impl().shared[type];
}

// ---- signals

namespace {

void wait_for_signal(asio::signal_set& set, std::shared_ptr<std::function<void(int)>> callback) {
    set.async_wait([&set, callback = std::move(callback)](error_code error, int number) {
        if (error) return;  // the loop ends
        wait_for_signal(set, callback);
        (*callback)(number);
    });
}

}  // namespace

void Loop::on_signals(std::initializer_list<int> signals, std::function<void(int)> callback) {
    auto set = std::make_unique<asio::signal_set>(impl_->io);
    for (const int number : signals) set->add(number);
    wait_for_signal(*set, std::make_shared<std::function<void(int)>>(std::move(callback)));
    impl_->signals.push_back(std::move(set));
}

// ---- readable descriptors

namespace {

struct WatchState {
    WatchState(asio::io_context& io, int fd) : descriptor(io, fd) {}
    // The descriptor is the caller's: hand it back instead of closing it.
    ~WatchState() { leave(); }
    void leave() {
        if (descriptor.is_open()) descriptor.release();
    }
    asio::posix::stream_descriptor descriptor;
    std::function<void()> callback;
    bool gone = false;
};

void wait_readable(const std::shared_ptr<WatchState>& state) {
    state->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [state](error_code error) {
                                     if (error || state->gone) return;
                                     state->callback();
                                     if (!state->gone) wait_readable(state);
                                 });
}

class WatchImpl final : public Loop::Watch {
  public:
    explicit WatchImpl(std::shared_ptr<WatchState> state) : state_(std::move(state)) {}
    ~WatchImpl() override {
        state_->gone = true;
        state_->leave();
    }
    WatchImpl(const WatchImpl&) = delete;
    WatchImpl& operator=(const WatchImpl&) = delete;

  private:
    std::shared_ptr<WatchState> state_;
};

}  // namespace

std::unique_ptr<Loop::Watch> Loop::on_readable(int fd, std::function<void()> callback) {
    auto state = std::make_shared<WatchState>(impl_->io, fd);
    state->callback = std::move(callback);
    wait_readable(state);
    return std::make_unique<WatchImpl>(std::move(state));
}

}  // namespace tocsin::net
