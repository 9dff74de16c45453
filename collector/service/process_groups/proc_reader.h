// Reads the files of processes below one /proc. A process may vanish at any moment: what cannot be
// read is absent, never an error. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "collector/api/procfile.h"

namespace tocsin::collector {

using Pid = std::uint32_t;

class ProcReader {
  public:
    explicit ProcReader(std::string procfs);

    // Every process there is, in place of what `pids` held.
    Result<void> list(std::vector<Pid>& pids);
    // /proc/<pid>/<file>; valid until the next read.
    std::optional<std::string_view> read(Pid pid, std::string_view file);
    // The path of its program, without the " (deleted)" of one that was replaced since; "" when we
    // may not know.
    std::string program(Pid pid) const;
    std::optional<std::uint64_t> open_files(Pid pid);
    // Of all its threads, in the order voluntary, nonvoluntary.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> context_switches(Pid pid);
    // When the machine started, in seconds since 1970.
    std::optional<double> boot_time();

  private:
    std::string path(Pid pid, std::string_view file) const;
    std::optional<std::string_view> read_path(std::string path);

    std::string root_;
    bool counts_descriptors_ = false;  // the size of a process's fd/ is how many it has
    ReadBuffer buffer_;
    std::vector<Pid> threads_;
};

}  // namespace tocsin::collector
