// The values of one group of processes and the series they become.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "collector/api/target.h"

namespace tocsin::collector {

// Counters of one process, or of a group.
enum ProcCounter : std::size_t {
    kUserTicks,
    kSystemTicks,
    kReadBytes,
    kWriteBytes,
    kMinorFaults,
    kMajorFaults,
    kVoluntary,
    kNonvoluntary,
    kProcCounters
};
using ProcCounts = std::array<std::uint64_t, kProcCounters>;
inline constexpr std::uint64_t kNotCounted = UINT64_MAX;  // not known, or not counted yet

// What a group has at the moment.
struct GroupGauges {
    std::uint64_t processes = 0;
    std::uint64_t threads = 0;
    std::uint64_t resident_pages = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t swap_bytes = 0;
    std::uint64_t pss_bytes = 0;
    std::uint64_t swap_pss_bytes = 0;
    std::uint64_t open_files = 0;
    double worst_ratio = 0;
    std::uint64_t oldest_start_ticks = UINT64_MAX;
    std::array<std::uint64_t, 5> states{};  // Running, Sleeping, Waiting, Zombie, Other
    bool open_files_known = false;          // of one of its processes at least
    bool smaps_known = false;

    void count_state(char state);
};

struct GroupTotals {
    ProcCounts counts{};
    std::array<bool, kProcCounters> known{};  // of one of its processes, ever

    // Adds what a process has used since it was last counted, which `counted` says.
    void add(const ProcCounts& now, ProcCounts& counted);
};

// How the kernel's units become Prometheus's.
struct ProcUnits {
    double ticks_a_second = 100;
    double page_bytes = 4096;
    double boot_time = 0;  // 0: not known
};

class GroupReport {
  public:
    GroupReport(const TargetSeries& series, std::string name);
    // Appends a reading for everything that is known.
    void append(const GroupGauges& gauges, const GroupTotals& totals, const ProcUnits& units,
                bool smaps, Readings& out);

    static constexpr std::size_t kSeries = 23;

  private:
    void put(std::size_t row, double value, Readings& out);

    TargetSeries series_;
    std::string name_;
    std::array<SeriesRef, kSeries> refs_;
};

}  // namespace tocsin::collector
