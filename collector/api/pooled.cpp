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
    RememberingCollector* remembering = nullptr;  // the collector, if it is one
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
    Result<void> result() {
        if (!finished) return Error(ErrorCode::kInternal, "stopped by an exception");
        if (error) return std::move(*error);
        return success();
    }
};

enum class Phase { kIdle, kCollecting, kKeeping };

// What a target has, on the loop; it is gone with the target.
struct State : std::enable_shared_from_this<State> {
    State(net::Loop& l, net::OffloadPool& p) : loop(l), pool(p) {}

    net::Loop& loop;
    net::OffloadPool& pool;
    std::shared_ptr<Call> call = std::make_shared<Call>();
    Phase phase = Phase::kIdle;
    Timestamp now;       // of the collection that runs, or that waits for what is being kept
    TargetDone done;     // of that; none once cancelled
    TargetDone refused;  // of a start that got no call

    void start(Timestamp at, TargetDone then) {
        if (phase == Phase::kCollecting) {
            return fail("still hanging since an earlier collection", std::move(then));
        }
        now = at;
        done = std::move(then);
        if (phase == Phase::kIdle) collect();
    }

    void collect() {
        call->readings.clear();
        call->error.reset();
        call->finished = false;
        call->abandoned = false;
        const bool accepted = pool.run([kept = call, at = now] { kept->run(at); },
                                       [weak = weak_from_this()] {
                                           if (const auto state = weak.lock()) state->returned();
                                       });
        if (!accepted) {
            return fail("no thread is free: too many calls hang", std::exchange(done, nullptr));
        }
        phase = Phase::kCollecting;
    }

    void returned() {
        phase = Phase::kIdle;
        const TargetDone tell = std::exchange(done, nullptr);
        if (!tell) return;
        const Result<void> result = call->result();
        Readings readings = std::move(call->readings);
        // Before it is told, since that may end the target; nothing comes in between.
        keep();
        tell(result, std::move(readings));
    }

    // Where no thread is free what is to be kept waits for the next collection's.
    void keep() {
        if (call->remembering == nullptr || !call->finished) return;
        call->remembering->told();
        if (!call->remembering->to_keep()) return;
        const bool accepted = pool.run([kept = call] { kept->remembering->keep(); },
                                       [weak = weak_from_this()] {
                                           if (const auto state = weak.lock()) state->was_kept();
                                       });
        if (accepted) phase = Phase::kKeeping;
    }

    void was_kept() {
        phase = Phase::kIdle;
        if (done) collect();
    }

    void fail(std::string why, TargetDone then) {
        refused = std::move(then);
        loop.post([weak = weak_from_this(), why = std::move(why)] {
            const auto state = weak.lock();
            if (!state || !state->refused) return;
            const TargetDone tell = std::exchange(state->refused, nullptr);
            tell(Error(ErrorCode::kUnavailable, why), {});
        });
    }

    void abandon() {
        done = nullptr;
        refused = nullptr;
        call->abandoned = true;
    }
};

class Pooled final : public Target {
  public:
    explicit Pooled(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Pooled() override { state_->abandon(); }

    void start(Timestamp now, TargetDone done) override { state_->start(now, std::move(done)); }

    Readings cancel() override {
        state_->abandon();
        return {};  // what the call has by now is still its own
    }

  private:
    std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<Target> make_pooled(net::Loop& loop, net::OffloadPool& pool,
                                    std::unique_ptr<Collector> collector) {
    auto state = std::make_shared<State>(loop, pool);
    state->call->collector = std::move(collector);
    return std::make_unique<Pooled>(std::move(state));
}

std::unique_ptr<Target> make_remembering(net::Loop& loop, net::OffloadPool& pool,
                                         std::unique_ptr<RememberingCollector> collector) {
    auto state = std::make_shared<State>(loop, pool);
    state->call->remembering = collector.get();
    state->call->collector = std::move(collector);
    return std::make_unique<Pooled>(std::move(state));
}

}  // namespace tocsin::collector
