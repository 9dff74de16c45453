#include "collector/host/mount_probe.h"

#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace tocsin::collector {
namespace {

using Steady = std::chrono::steady_clock;

// A call that takes longer than this no longer keeps the other mounts waiting.
constexpr Duration kPatience{50};

enum class Progress { kWaiting, kRunning, kDone };

}  // namespace

// One worker thread serves the probes. A call that takes too long keeps its worker: that one is
// released (it ends when the call returns) and another takes over.
struct MountProbe::Impl {
    struct Worker {
        bool released = false;
        bool calling = false;
        std::size_t job = 0;
        std::string path;  // of the call
    };

    explicit Impl(Statfs call) : statfs(std::move(call)) {}

    const Statfs statfs;
    mutable std::mutex mutex;
    std::condition_variable wake;      // workers: there is a job, or no more to come
    std::condition_variable finished;  // the prober: all jobs are done
    std::shared_ptr<Worker> worker;    // the one that takes jobs
    std::set<std::string> stuck;       // paths of the released workers' calls
    bool stopping = false;

    // The running probe.
    std::uint64_t round = 0;
    std::vector<std::string> paths;
    std::vector<Progress> progress;
    std::vector<MountAnswer> answers;
    std::size_t next = 0;
    std::size_t done = 0;

    void finish_job(std::size_t job, const MountAnswer& answer) {
        progress[job] = Progress::kDone;
        answers[job] = answer;
        if (++done == paths.size()) finished.notify_one();
    }

    static void serve(const std::shared_ptr<Impl>& self, const std::shared_ptr<Worker>& me) {
        std::unique_lock lock(self->mutex);
        for (;;) {
            self->wake.wait(lock, [&] {
                return self->stopping || me->released || self->next < self->paths.size();
            });
            if (self->stopping || me->released) return;
            const std::size_t job = self->next++;
            if (self->progress[job] != Progress::kWaiting) continue;
            self->progress[job] = Progress::kRunning;
            const std::uint64_t round = self->round;
            me->calling = true;
            me->job = job;
            me->path = self->paths[job];
            lock.unlock();
            MountAnswer answer;
            answer.error = self->statfs(me->path, answer.stat);
            answer.state =
                answer.error == 0 ? MountAnswer::State::kAnswered : MountAnswer::State::kFailed;
            lock.lock();
            me->calling = false;
            if (me->released) self->stuck.erase(me->path);
            if (self->round == round) self->finish_job(job, answer);
        }
    }

    // With the lock held. False when no thread is to be had.
    static bool hire(const std::shared_ptr<Impl>& self) {
        if (self->worker) return true;
        if (self->stuck.size() >= kMostHung) return false;
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
        stuck.insert(worker->path);
        worker->released = true;
        worker.reset();
    }

    void open_round(const std::vector<std::string>& wanted) {
        ++round;
        if (paths != wanted) paths = wanted;
        progress.assign(paths.size(), Progress::kWaiting);
        answers.assign(paths.size(), MountAnswer{});
        next = 0;
        done = 0;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (!stuck.empty() && stuck.contains(paths[i])) finish_job(i, MountAnswer{});
        }
    }

    static void run(const std::shared_ptr<Impl>& self, std::unique_lock<std::mutex>& lock,
                    Duration timeout) {
        const Steady::time_point deadline = Steady::now() + timeout;
        const Duration patience = std::min(kPatience, timeout / 4 + Duration{1});
        while (self->done < self->paths.size() && hire(self)) {
            const std::size_t before = self->next;
            self->wake.notify_all();
            const auto until = std::min(deadline, Steady::now() + patience);
            const bool all = self->finished.wait_until(
                lock, until, [&] { return self->done == self->paths.size(); });
            if (all || Steady::now() >= deadline) break;
            // The same call as a moment ago, and others wait behind it.
            const bool others_wait = self->next < self->paths.size();
            if (self->next == before && others_wait) self->release_worker();
        }
        // Calls that still run are given up; the jobs behind them will not be started.
        if (self->done < self->paths.size()) self->release_worker();
        self->next = self->paths.size();
        ++self->round;
    }
};

MountProbe::MountProbe(Statfs statfs) : impl_(std::make_shared<Impl>(std::move(statfs))) {}

MountProbe::~MountProbe() {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->wake.notify_all();
}

void MountProbe::probe(const std::vector<std::string>& paths, Duration timeout,
                       std::vector<MountAnswer>& out) {
    std::unique_lock lock(impl_->mutex);
    impl_->open_round(paths);
    Impl::run(impl_, lock, timeout);
    out.assign(impl_->answers.begin(), impl_->answers.end());
}

std::size_t MountProbe::hung() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->stuck.size();
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
