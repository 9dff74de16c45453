#include "bridge/ingest/worker.h"

#include <algorithm>
#include <utility>

#include "base/net/log.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostQueued = 10'000;
constexpr std::size_t kMostInBatch = 512;
// Heartbeats hurt nobody by being a moment late: ten thousand agents then cost ten commits a second
// instead of three hundred.
constexpr Duration kHeartbeatsWait = 100ms;

}  // namespace

Worker::Worker(net::Loop& loop, std::unique_ptr<Store> store,
               std::shared_ptr<const BridgeConfig> config, const Clock& clock,
               Engine::OnCommit on_commit)
    : loop_(loop),
      store_(std::move(store)),
      clock_(clock),
      engine_(*store_, std::move(config), std::move(on_commit)),
      thread_([this] { this->loop(); }) {}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Worker::submit(Input input, Done done) {
    {
        const std::lock_guard guard(lock_);
        if (!stopping_ && queue_.size() < kMostQueued) {
            const bool heartbeat = std::holds_alternative<HeartbeatIn>(input);
            if (!heartbeat) ++urgent_;
            const bool wake = !heartbeat || queue_.empty();
            if (queue_.empty()) first_heartbeat_ = clock_.now();
            queue_.push_back({std::move(input), std::move(done)});
            if (wake) wake_.notify_one();
            return;
        }
    }
    loop_.post([done = std::move(done)] {
        done(Error(ErrorCode::kUnavailable, "the bridge is busy; try again"));
    });
}

void Worker::run(std::function<void(Store&)> job, std::function<void()> done) {
    const std::lock_guard guard(lock_);
    if (stopping_) return;
    jobs_.emplace_back(std::move(job), std::move(done));
    wake_.notify_one();
}

void Worker::configure(std::shared_ptr<const BridgeConfig> config) {
    const std::lock_guard guard(lock_);
    next_config_ = std::move(config);
    wake_.notify_one();
}

std::size_t Worker::queued() const {
    const std::lock_guard guard(lock_);
    return queue_.size();
}

bool Worker::healthy() const {
    const std::lock_guard guard(lock_);
    return healthy_;
}

bool Worker::wanted(Timestamp now) const {
    if (stopping_ || urgent_ > 0 || !jobs_.empty() || next_config_ != nullptr) return true;
    if (queue_.empty()) return false;
    return queue_.size() >= kMostInBatch || now - first_heartbeat_ >= kHeartbeatsWait ||
           now < first_heartbeat_;
}

void Worker::loop() {
    next_tick_ = clock_.now();
    if (const Result<void> started = engine_.start(next_tick_); !started) {
        net::log_error("the store cannot be written", {{"reason", started.error().message}});
    }
    std::unique_lock guard(lock_);
    while (true) {
        for (Timestamp now = clock_.now(); now < next_tick_ && !wanted(now); now = clock_.now()) {
            Duration wait = std::min<Duration>(next_tick_ - now, 1s);
            if (!queue_.empty()) wait = std::min(wait, kHeartbeatsWait);
            if (wake_.wait_for(guard, wait) == std::cv_status::timeout) break;
        }
        if (next_config_) engine_.configure(std::exchange(next_config_, nullptr));
        const bool last = stopping_ && queue_.empty() && jobs_.empty();
        guard.unlock();
        if (last) return;
        take_and_process();
        due_work();
        guard.lock();
    }
}

void Worker::take_and_process() {
    std::vector<Input> inputs;
    std::vector<Done> callbacks;
    decltype(jobs_) jobs;
    {
        const std::lock_guard guard(lock_);
        jobs.swap(jobs_);
        const std::size_t n = std::min(queue_.size(), kMostInBatch);
        for (std::size_t i = 0; i < n; ++i) {
            if (!std::holds_alternative<HeartbeatIn>(queue_.front().input)) --urgent_;
            inputs.push_back(std::move(queue_.front().input));
            callbacks.push_back(std::move(queue_.front().done));
            queue_.pop_front();
        }
    }
    for (auto& [job, done] : jobs) {
        job(*store_);
        loop_.post(std::move(done));
    }
    if (inputs.empty()) return;
    std::vector<Result<Answer>> answers = engine_.process(inputs, clock_.now());
    const bool failed = std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
        return !answer && answer.error().retry == Retry::kYes;
    });
    {
        const std::lock_guard guard(lock_);
        healthy_ = !failed;
    }
    // One post for the whole batch: a wake-up of the loop costs more than an answer.
    loop_.post([callbacks = std::move(callbacks),
                answers = std::make_shared<std::vector<Result<Answer>>>(std::move(answers))] {
        for (std::size_t i = 0; i < callbacks.size(); ++i) {
            if (callbacks[i]) callbacks[i](std::move((*answers)[i]));
        }
    });
    // What was just decided may be due at once.
    next_tick_ = std::min(next_tick_, engine_.next_tick(clock_.now()));
}

void Worker::due_work() {
    const Timestamp now = clock_.now();
    if (now < next_tick_) {
        // The wall clock was set back: what was planned ahead is planned anew.
        if (next_tick_ - now > 5s) next_tick_ = now;
        return;
    }
    const Result<bool> more = engine_.tick(now);
    if (!more) net::log_error("due work failed", {{"reason", more.error().message}});
    {
        const std::lock_guard guard(lock_);
        if (!more) healthy_ = false;
        if (more && queue_.empty()) healthy_ = true;
    }
    next_tick_ = more && more.value() ? now : engine_.next_tick(now);
    if (!more) next_tick_ = now + 1s;
}

}  // namespace tocsin::bridge
