#include "base/net/offload.h"

#include <csignal>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/net/log.h"

namespace tocsin::net {

struct OffloadPool::Impl {
    struct Job {
        std::uint64_t id = 0;
        std::function<void()> work;
    };

    Impl(Loop& l, std::size_t t, std::size_t q) : loop(&l), threads(t), queue_limit(q) {}

    mutable std::mutex mutex;
    std::condition_variable changed;
    Loop* loop;           // null once the pool is gone: a hung thread that comes back posts nothing
    std::size_t threads;  // at most
    const std::size_t queue_limit;
    std::deque<Job> queue;
    std::list<std::thread> living;
    std::list<std::thread> ended;  // to be joined: a library's own of a thread goes at its very end
    std::size_t busy = 0;

    // Of the loop's thread alone: what `done` captures is never destroyed on a pool thread.
    std::map<std::uint64_t, std::function<void()>> done;
    std::uint64_t next_id = 1;
};

namespace {

using Impl = OffloadPool::Impl;

void complete(const std::shared_ptr<Impl>& impl, std::uint64_t id) {
    const auto entry = impl->done.find(id);
    if (entry == impl->done.end()) return;  // the pool was destroyed meanwhile
    const auto done = std::move(entry->second);
    impl->done.erase(entry);
    done();
}

void run_guarded(const std::function<void()>& work) {
    // A thread's door, as the coroutines have theirs: what escapes is a bug, and is said.
    try {
        work();
    } catch (const std::exception& e) {
        log_error("a blocking call threw", {{"error", e.what()}});
    }
}

void serve(const std::shared_ptr<Impl>& impl, std::list<std::thread>::iterator self) {
    // Signals belong to the loop's thread. SIGPIPE too: a library that writes to a closed socket
    // here gets EPIPE instead.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);

    std::unique_lock lock(impl->mutex);
    while (true) {
        impl->changed.wait(lock, [&] { return !impl->loop || !impl->queue.empty(); });
        if (!impl->loop) break;
        Impl::Job job = std::move(impl->queue.front());
        impl->queue.pop_front();
        ++impl->busy;
        lock.unlock();
        run_guarded(job.work);
        job.work = nullptr;  // what it captured is gone before `done` runs
        lock.lock();
        --impl->busy;
        if (impl->loop) impl->loop->post([impl, id = job.id] { complete(impl, id); });
    }
    impl->ended.splice(impl->ended.end(), impl->living, self);
    impl->changed.notify_all();
}

// With the mutex held.
bool start_thread(const std::shared_ptr<Impl>& impl) {
    const auto place = impl->living.emplace(impl->living.end());
    try {
        *place = std::thread([impl, place] { serve(impl, place); });
        return true;
    } catch (const std::system_error& e) {
        impl->living.erase(place);
        log_warning("cannot start a thread for blocking calls", {{"error", e.what()}});
        return false;
    }
}

}  // namespace

OffloadPool::OffloadPool(Loop& loop, std::size_t threads, std::size_t queue)
    : impl_(std::make_shared<Impl>(loop, threads, queue)) {}

OffloadPool::~OffloadPool() {
    std::deque<Impl::Job> dropped;
    std::list<std::thread> ended;
    {
        std::unique_lock lock(impl_->mutex);
        impl_->loop = nullptr;
        dropped.swap(impl_->queue);
        impl_->changed.notify_all();
        impl_->changed.wait_for(lock, std::chrono::seconds(1),
                                [&] { return impl_->living.empty(); });
        ended.swap(impl_->ended);
        for (std::thread& hung : impl_->living) hung.detach();
    }
    for (std::thread& thread : ended) thread.join();
    impl_->done.clear();
}

void OffloadPool::grow_to(std::size_t threads) {
    const std::lock_guard lock(impl_->mutex);
    impl_->threads = std::max(impl_->threads, threads);
    // For what waits already; whatever comes later starts its own.
    const std::size_t most = impl_->busy + impl_->queue.size();
    while (impl_->living.size() < std::min(impl_->threads, most) && start_thread(impl_)) {
    }
}

bool OffloadPool::run(std::function<void()> work, std::function<void()> done) {
    const std::uint64_t id = impl_->next_id++;
    {
        const std::lock_guard lock(impl_->mutex);
        const std::size_t idle = impl_->living.size() - impl_->busy;
        // A job that an idle thread is about to take does not wait.
        const std::size_t could_start = idle + (impl_->threads - impl_->living.size());
        if (impl_->queue.size() >= could_start + impl_->queue_limit) return false;
        if (impl_->queue.size() + 1 > idle && impl_->living.size() < impl_->threads) {
            if (!start_thread(impl_) && impl_->living.empty()) return false;
        }
        impl_->queue.push_back({id, std::move(work)});
        impl_->done.emplace(id, std::move(done));
    }
    impl_->changed.notify_one();
    return true;
}

std::size_t OffloadPool::busy() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->busy;
}

std::size_t OffloadPool::waiting() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->queue.size();
}

}  // namespace tocsin::net
