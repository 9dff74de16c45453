// Asks file systems for their sizes when any of them may never answer (a dead NFS server, a hung
// FUSE daemon): each hung mount holds one thread of its own, is not asked again until that call
// returns, and delays the others by a moment at most.
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
    enum class State { kAnswered, kFailed, kHung };
    State state = State::kHung;
    int error = 0;  // errno, of kFailed
    FileSystemStat stat;
};

class MountProbe {
  public:
    // 0 or an errno value. Called on the probe's threads; may never return.
    using Statfs = std::function<int(const std::string& path, FileSystemStat& out)>;
    static constexpr std::size_t kMostHung = 256;  // beyond, mounts are not asked: kHung

    explicit MountProbe(Statfs statfs);
    ~MountProbe();  // does not wait for hung calls
    MountProbe(const MountProbe&) = delete;
    MountProbe& operator=(const MountProbe&) = delete;

    // Fills `out` with an answer for each path. Returns when all have answered or `timeout` has
    // passed. One caller at a time; the paths are distinct.
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
