#include "collector/api/pooled.h"

#include <atomic>
#include <optional>
#include <utility>

namespace tocsin::collector {
namespace {

// One collector and what its running call writes to. The pool's thread owns both from the start of
// a call to its end; the target may be gone by then.
struct Call {
    std::unique_ptr<Collector> collector;
    Readings readings;
    std::optional<Error> error;
    bool finished = false;  // false after a call that an exception ended: a bug, logged by the pool
    std::atomic<bool> abandoned{false};

    void run(Timestamp now) {
        if (abandoned) return;
        if (Result<void> result = collector->collect(now, readings); !result) {
            error = std::move(result).error();
        }
        finished = true;
    }
};

struct State {
    std::shared_ptr<Call> call = std::make_shared<Call>();
    bool running = false;
    TargetDone done;  // none once cancelled
};

class Pooled final : public Target {
  public:
    Pooled(net::Loop& loop, net::OffloadPool& pool, std::unique_ptr<Collector> collector)
        : loop_(loop), pool_(pool), state_(std::make_shared<State>()) {
        state_->call->collector = std::move(collector);
    }
    ~Pooled() override { abandon(); }

    void start(Timestamp now, TargetDone done) override {
        if (state_->running)
            return fail("still hanging since an earlier collection", std::move(done));
        const std::shared_ptr<Call> call = state_->call;
        call->readings.clear();
        call->error.reset();
        call->finished = false;
        call->abandoned = false;
        const bool accepted = pool_.run([call, now] { call->run(now); },
                                        [weak = std::weak_ptr<State>(state_)] {
                                            if (const auto state = weak.lock()) returned(*state);
                                        });
        if (!accepted) return fail("no thread is free: too many calls hang", std::move(done));
        state_->running = true;
        state_->done = std::move(done);
    }

    Readings cancel() override {
        abandon();
        return {};  // what the call has by now is still its own
    }

  private:
    void abandon() {
        state_->done = nullptr;
        state_->call->abandoned = true;
    }

    static void returned(State& state) {
        state.running = false;
        const TargetDone done = std::exchange(state.done, nullptr);
        Call& call = *state.call;
        if (!done) return;
        if (!call.finished) return done(Error(ErrorCode::kInternal, "stopped by an exception"), {});
        Result<void> result = success();
        if (call.error) result = std::move(*call.error);
        done(result, std::move(call.readings));
    }

    void fail(std::string why, TargetDone done) {
        state_->done = std::move(done);
        loop_.post([weak = std::weak_ptr<State>(state_), why = std::move(why)] {
            const auto state = weak.lock();
            if (!state || !state->done) return;
            const TargetDone tell = std::exchange(state->done, nullptr);
            tell(Error(ErrorCode::kUnavailable, why), {});
        });
    }

    net::Loop& loop_;
    net::OffloadPool& pool_;
    std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<Target> make_pooled(net::Loop& loop, net::OffloadPool& pool,
                                    std::unique_ptr<Collector> collector) {
    return std::make_unique<Pooled>(loop, pool, std::move(collector));
}

}  // namespace tocsin::collector
