// node_filesystem_*: sizes, inodes and state of each mounted file system, from /proc/1/mounts and
// statfs(2); tocsin_filesystem_hung_seconds of those that do not answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/host/mount_probe.h"

namespace tocsin::collector {

// node_exporter's, as Debian configures it.
inline constexpr std::string_view kMountPointsExclude =
    "^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";
inline constexpr std::string_view kFsTypesExclude =
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|"
    "iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|"
    "sysfs|tracefs)$";
inline constexpr std::string_view kMountTimeout = "5s";

struct Mount {
    std::string device;  // as the kernel prints it, escapes and all
    std::string point;   // escapes undone, without the prefix of rootfs
    std::string type;
    bool read_only = false;
    bool operator==(const Mount&) const = default;
};
// A mount table (proc(5), fstab(5)). Appends what can be read; an error names the first line that
// cannot. `rootfs` is where the host's root is seen: "/" or "/host".
Result<void> parse_mounts(std::string_view text, std::string_view rootfs, std::vector<Mount>& out);

Result<std::unique_ptr<Collector>> create_filesystem(const Context& context);
// With another statfs, for tests; a cycle waits for all mounts together no longer than `grace`.
Result<std::unique_ptr<Collector>> create_filesystem_with(const Context& context,
                                                          MountProbe::Statfs statfs,
                                                          Duration grace = MountProbe::kGrace);

}  // namespace tocsin::collector
