// node_cgroup_*: what each systemd unit and container uses and waits for, from cgroup v2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// Services and slices, and the scopes of containers and virtual machines; not those of sessions,
// which come and go.
inline constexpr std::string_view kCgroupInclude =
    R"(\.(service|slice)$|/(docker|libpod|crio|cri-containerd|machine)-[^/]+\.scope$)";

// A number of a file of "key value" lines; none when the key does not stand there. With an empty
// key the file is one value. "max" (no limit) is none. kInvalid when it is no number.
Result<std::optional<std::uint64_t>> parse_cgroup_value(std::string_view text,
                                                        std::string_view key);

// A device's line of io.stat: bytes read, bytes written, reads, writes.
struct CgroupIo {
    std::string_view device;  // "8:16"
    std::array<std::uint64_t, 4> counters{};
};
// Devices without these counters (the cgroup has not touched them) are left out.
Result<void> parse_cgroup_io(std::string_view text, std::vector<CgroupIo>& out);

Result<std::unique_ptr<Collector>> create_cgroup(const Context& context);

}  // namespace tocsin::collector
