// What the files of /proc/<pid> say (proc(5)), taken apart. Pure; views into the caller's bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::collector {

struct ProcStat {
    std::string_view comm;
    char state = '?';
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::uint64_t threads = 0;
    std::uint64_t start_ticks = 0;  // since the machine started
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_pages = 0;
};
std::optional<ProcStat> parse_proc_stat(std::string_view text);

struct ProcStatus {
    std::optional<std::uint64_t> user;  // effective
    std::uint64_t swap_bytes = 0;       // a kernel thread has none
    std::uint64_t voluntary = 0;        // context switches of this thread
    std::uint64_t nonvoluntary = 0;
};
ProcStatus parse_proc_status(std::string_view text);

struct ProcIo {
    std::uint64_t read_bytes = 0;
    std::uint64_t write_bytes = 0;
};
std::optional<ProcIo> parse_proc_io(std::string_view text);

// The soft limit of open files in /proc/<pid>/limits; infinity where there is none.
std::optional<double> parse_open_files_limit(std::string_view text);

struct ProcSmaps {
    std::uint64_t pss_bytes = 0;
    std::uint64_t swap_pss_bytes = 0;
};
std::optional<ProcSmaps> parse_smaps_rollup(std::string_view text);

// The path of a line of /proc/<pid>/cgroup, "0::/system.slice/nginx.service". "" when it is none.
std::string_view parse_cgroup_path(std::string_view line);

// The arguments with blanks in place of the NULs, as valid UTF-8.
std::string parse_cmdline(std::string_view text);

}  // namespace tocsin::collector
