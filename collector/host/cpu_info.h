// node_cpu_info, node_cpu_flag_info and node_cpu_bug_info, from /proc/cpuinfo: a part of the
// collector cpu that must be asked for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/api/filter.h"
#include "collector/api/procfile.h"

namespace tocsin::collector {

// One processor's paragraph. Fields that the architecture does not print are empty.
struct CpuInfo {
    std::string_view cpu;
    std::string_view package;
    std::string_view core;
    std::string_view vendor;
    std::string_view family;
    std::string_view model;
    std::string_view model_name;
    std::string_view microcode;
    std::string_view stepping;
    std::string_view cache_size;
    std::string_view flags;  // separated by blanks
    std::string_view bugs;
};
std::vector<CpuInfo> parse_cpuinfo(std::string_view text);

// Reads the settings info, info_flags_include and info_bugs_include. Used by one thread.
class CpuInfoSource {
  public:
    static Result<CpuInfoSource> create(const Context& context);

    // What cpuinfo says stays the same while the same number of CPUs is on, so it is read anew
    // only when `cpus` is another: the kernel takes its time to print it.
    Result<void> collect(std::size_t cpus, Readings& out);

  private:
    explicit CpuInfoSource(const Context& context);
    Result<void> load();
    void add_words(const MetricDesc& desc, std::string_view label, std::string_view words,
                   const Pattern& wanted);

    std::string path_;
    SeriesTable* table_;
    Pattern flags_;
    Pattern bugs_;
    bool wanted_ = false;
    std::size_t cpus_ = 0;  // how many were on when it was read
    std::vector<SeriesRef> series_;
};

}  // namespace tocsin::collector
