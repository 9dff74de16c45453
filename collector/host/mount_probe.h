// Asks file systems for their sizes when any of them may never answer (a dead NFS server, a hung
// FUSE daemon): a probe takes no longer than its grace, each hung mount holds one thread of its
// own, is not asked again until that call returns, and nothing holds more threads than a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/time.h"

namespace tocsin::collector {

// What statfs(2) says, in its own units.
struct FileSystemStat {
    std::uint64_t block_size = 0;
    std::uint64_t blocks = 0;
    std::uint64_t blocks_free = 0;
    std::uint64_t blocks_available = 0;
    std::uint64_t files = 0;
    std::uint64_t files_free = 0;
};

struct MountAnswer {
    // kPending: no answer yet, none from before, and not overdue. kHung: its call is overdue.
    // kNotAsked: overdue as well, but hung mounts hold all the threads there may be.
    enum class State { kAnswered, kFailed, kPending, kHung, kNotAsked };
    State state = State::kPending;
    int error = 0;        // errno, of kFailed
    FileSystemStat stat;  // of kAnswered
    Duration overdue{0};  // how long there has been no answer, of kHung and kNotAsked
};

class MountProbe {
  public:
    // 0 or an errno value. Called on the probe's threads; may never return.
    using Statfs = std::function<int(const std::string& path, FileSystemStat& out)>;
    static constexpr std::size_t kMostHung = 128;  // calls that are left to hang, a thread each
    static constexpr Duration kGrace{250};

    // A probe takes no longer than `grace`.
    explicit MountProbe(Statfs statfs, Duration grace = kGrace);
    ~MountProbe();  // does not wait for hung calls
    MountProbe(const MountProbe&) = delete;
    MountProbe& operator=(const MountProbe&) = delete;

    // Fills `out` with an answer for each path. For one that has not answered by the end of the
    // grace the answer of the probe before stands in, until it is overdue after `timeout`; its late
    // answer counts in the next probe. One caller at a time; the paths are distinct.
    void probe(const std::vector<std::string>& paths, Duration timeout,
               std::vector<MountAnswer>& out);

    std::size_t hung() const;  // calls that have not returned from earlier probes

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

// statfs(2) itself.
int call_statfs(const std::string& path, FileSystemStat& out);

}  // namespace tocsin::collector
