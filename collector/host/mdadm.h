// node_md_*: Linux software RAID, from /proc/mdstat.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// Whether an array runs, and what it does beside. A repair and a first sync are resyncs.
enum class MdState { kActive, kInactive, kRecovering, kResync, kCheck };

// One array (md_seq_show in the kernel's drivers/md/md.c). Blocks are 1 KiB.
struct MdArray {
    std::string_view device;
    MdState state = MdState::kActive;
    std::uint64_t disks_active = 0;
    std::uint64_t disks_failed = 0;  // marked (F)
    std::uint64_t disks_spare = 0;   // marked (S)
    std::uint64_t disks_required = 0;
    std::uint64_t blocks = 0;
    std::uint64_t blocks_synced = 0;  // all of them unless a recovery, resync or check runs
};
// Appends what can be read; an error names the first array that cannot.
Result<void> parse_mdstat(std::string_view text, std::vector<MdArray>& out);

Result<std::unique_ptr<Collector>> create_mdadm(const Context& context);

}  // namespace tocsin::collector
