#include "bridge/api/reader.h"

#include <utility>

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostQueued = 1000;

}  // namespace

Reader::Reader(net::Loop& loop, std::unique_ptr<Queries> queries)
    : loop_(loop), queries_(std::move(queries)), thread_([this] { this->loop(); }) {}

Reader::~Reader() {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
        jobs_.clear();
    }
    wake_.notify_all();
    thread_.join();
}

bool Reader::enqueue(std::function<void(Queries&)> job, std::function<void()> done) {
    const std::lock_guard guard(lock_);
    if (jobs_.size() >= kMostQueued) return false;
    jobs_.emplace_back(std::move(job), std::move(done));
    wake_.notify_one();
    return true;
}

void Reader::loop() {
    std::unique_lock guard(lock_);
    while (true) {
        wake_.wait(guard, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        auto [job, done] = std::move(jobs_.front());
        jobs_.pop_front();
        guard.unlock();
        job(*queries_);
        loop_.post(std::move(done));
        guard.lock();
    }
}

}  // namespace tocsin::bridge
