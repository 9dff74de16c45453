#include "collector/host/mount_probe.h"

#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

// A call that takes longer than this no longer keeps the other mounts waiting.
constexpr Duration kPatience{25};

struct Mount {
    bool wanted = false;    // the last probe names it
    bool open = false;      // the running probe waits for its answer
    bool running = false;   // in a call, of this probe or an earlier one
    bool owing = false;     // no answer since `since`
    bool answered = false;  // `last` is an answer
    Steady::time_point since;
    MountAnswer last;
};
using Mounts = std::map<std::string, Mount>;

}  // namespace

// One worker thread serves the probes. A call that takes too long keeps its worker: that one is
// released (it ends when the call returns) and another takes over.
struct MountProbe::Impl {
    struct Worker {
        bool released = false;
        bool calling = false;
    };

    Impl(Statfs call, Duration most) : statfs(std::move(call)), grace(most) {}

    const Statfs statfs;
    const Duration grace;
    mutable std::mutex mutex;
    std::condition_variable wake;      // workers: there is a mount to ask, or no more to come
    std::condition_variable finished;  // the prober: all have answered
    std::shared_ptr<Worker> worker;    // the one that takes mounts
    std::size_t stuck = 0;             // released workers
    bool stopping = false;

    Mounts mounts;                            // those wanted, and those still in a call
    std::vector<std::string> paths;           // what `wanted` was made from
    std::vector<Mounts::value_type*> wanted;  // one for each path
    std::vector<Mounts::value_type*> queue;   // of the running probe
    std::size_t next = 0;                     // of the queue
    std::size_t open = 0;                     // mounts that the running probe waits for

    static void serve(const std::shared_ptr<Impl>& self, const std::shared_ptr<Worker>& me) {
        std::unique_lock lock(self->mutex);
        for (;;) {
            self->wake.wait(lock, [&] {
                return self->stopping || me->released || self->next < self->queue.size();
            });
            if (me->released) --self->stuck;
            if (self->stopping || me->released) return;
            auto& [path, mount] = *self->queue[self->next++];
            mount.running = true;
            me->calling = true;
            lock.unlock();
            MountAnswer answer;
            answer.error = self->statfs(path, answer.stat);
            answer.state =
                answer.error == 0 ? MountAnswer::State::kAnswered : MountAnswer::State::kFailed;
            lock.lock();
            me->calling = false;
            self->note(mount, answer);
        }
    }

    void note(Mount& mount, const MountAnswer& answer) {
        mount.running = false;
        mount.owing = false;
        mount.answered = true;
        mount.last = answer;
        if (mount.open && --open == 0) finished.notify_one();
        mount.open = false;
    }

    // With the lock held. False when no thread is to be had.
    static bool hire(const std::shared_ptr<Impl>& self) {
        if (self->worker) return true;
        if (self->stuck >= kMostHung) return false;
        auto worker = std::make_shared<Worker>();
        try {
            std::thread(serve, self, worker).detach();
        } catch (const std::system_error&) {
            return false;
        }
        self->worker = std::move(worker);
        return true;
    }

    // With the lock held: the worker keeps its call, if it is in one, and takes no more.
    void release_worker() {
        if (!worker || !worker->calling) return;
        worker->released = true;
        ++stuck;
        worker.reset();
    }

    void want(const std::vector<std::string>& asked) {
        if (asked == paths) return;
        paths = asked;
        for (auto& [path, mount] : mounts) mount.wanted = false;
        wanted.clear();
        for (const std::string& path : paths) {
            auto& entry = *mounts.try_emplace(path).first;
            entry.second.wanted = true;
            wanted.push_back(&entry);
        }
        std::erase_if(mounts, [](const auto& entry) {
            return !entry.second.wanted && !entry.second.running;
        });
    }

    void open_probe() {
        next = 0;
        open = 0;
        for (Mounts::value_type* entry : wanted) {
            Mount& mount = entry->second;
            if (mount.running) continue;
            if (!mount.owing) mount.since = Steady::now();
            mount.owing = true;
            mount.open = true;
            queue.push_back(entry);
            ++open;
        }
    }

    static void run(const std::shared_ptr<Impl>& self, std::unique_lock<std::mutex>& lock) {
        const Steady::time_point deadline = Steady::now() + self->grace;
        // However many hang, each is asked within the grace: two looks at each, and one to spare.
        const Steady::duration share =
            Steady::duration(self->grace) / static_cast<std::int64_t>(2 * self->queue.size() + 2);
        const Steady::duration patience = std::min<Steady::duration>(kPatience, share);
        while (self->open > 0 && hire(self)) {
            const std::size_t before = self->next;
            self->wake.notify_all();
            const auto until = std::min(deadline, Steady::now() + patience);
            const bool all =
                self->finished.wait_until(lock, until, [&] { return self->open == 0; });
            if (all || Steady::now() >= deadline) break;
            // The same call as a moment ago, and others wait behind it.
            if (self->next == before && self->next < self->queue.size()) self->release_worker();
        }
    }

    // Calls that still run are left to themselves; the mounts behind them will not be asked.
    void close_probe() {
        if (open > 0) release_worker();
        for (Mounts::value_type* entry : queue) entry->second.open = false;
        queue.clear();
        next = 0;
        open = 0;
    }

    static MountAnswer answer_of(const Mount& mount, Duration timeout) {
        if (!mount.owing) return mount.last;
        const auto owing = std::chrono::duration_cast<Duration>(Steady::now() - mount.since);
        if (owing < timeout) return mount.answered ? mount.last : MountAnswer{};
        MountAnswer answer;
        answer.state = mount.running ? MountAnswer::State::kHung : MountAnswer::State::kNotAsked;
        answer.overdue = owing;
        return answer;
    }
};

MountProbe::MountProbe(Statfs statfs, Duration grace)
    : impl_(std::make_shared<Impl>(std::move(statfs), grace)) {}

MountProbe::~MountProbe() {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->wake.notify_all();
}

void MountProbe::probe(const std::vector<std::string>& paths, Duration timeout,
                       std::vector<MountAnswer>& out) {
    std::unique_lock lock(impl_->mutex);
    impl_->want(paths);
    impl_->open_probe();
    Impl::run(impl_, lock);
    impl_->close_probe();
    out.clear();
    for (const Mounts::value_type* entry : impl_->wanted) {
        out.push_back(Impl::answer_of(entry->second, timeout));
    }
}

std::size_t MountProbe::hung() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->stuck;
}

int call_statfs(const std::string& path, FileSystemStat& out) {
    struct statfs raw {};
    int result = 0;
    do {
        result = ::statfs(path.c_str(), &raw);
    } while (result != 0 && errno == EINTR);
    if (result != 0) return errno;
    out.block_size = static_cast<std::uint64_t>(raw.f_bsize);
    out.blocks = raw.f_blocks;
    out.blocks_free = raw.f_bfree;
    out.blocks_available = raw.f_bavail;
    out.files = raw.f_files;
    out.files_free = raw.f_ffree;
    return 0;
}

}  // namespace tocsin::collector
