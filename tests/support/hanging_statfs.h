// A statfs whose answers a test holds back: the hung mounts of mount_probe and filesystem tests.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "collector/host/mount_probe.h"

namespace tocsin::test {

class HangingStatfs {
  public:
    // Calls may outlive the object that tests hold.
    collector::MountProbe::Statfs function() {
        return [state = state_](const std::string& path, collector::FileSystemStat& out) {
            std::unique_lock lock(state->mutex);
            ++state->calls[path];
            ++state->inside;
            state->changed.notify_all();
            state->changed.wait(lock, [&] { return !state->hung.contains(path); });
            --state->inside;
            state->changed.notify_all();
            const auto failing = state->errors.find(path);
            if (failing != state->errors.end()) return failing->second;
            out = state->stat;
            return 0;
        };
    }

    void hang(const std::string& path) {
        change([&] { state_->hung.insert(path); });
    }
    void release(const std::string& path) {
        change([&] { state_->hung.erase(path); });
    }
    void release_all() {
        change([&] { state_->hung.clear(); });
    }
    void fail(const std::string& path, int error) {
        change([&] { state_->errors[path] = error; });
    }
    void answer(const collector::FileSystemStat& stat) {
        change([&] { state_->stat = stat; });
    }

    int calls(const std::string& path) const {
        const std::lock_guard lock(state_->mutex);
        return state_->calls[path];
    }
    // Whether no call is inside, within ten seconds.
    bool all_returned() const {
        std::unique_lock lock(state_->mutex);
        return state_->changed.wait_for(lock, std::chrono::seconds(10),
                                        [&] { return state_->inside == 0; });
    }

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::set<std::string> hung;
        std::map<std::string, int> errors;
        std::map<std::string, int> calls;
        collector::FileSystemStat stat;
        int inside = 0;
    };

    template <class Change>
    void change(Change&& apply) {
        const std::lock_guard lock(state_->mutex);
        apply();
        state_->changed.notify_all();
    }

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Whether the condition holds within ten seconds; looks every millisecond.
template <class Condition>
bool eventually(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        never.wait_for(lock, std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace tocsin::test
