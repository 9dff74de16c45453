// node_softnet_*: packets that each CPU took in, from /proc/net/softnet_stat.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The first three columns of a CPU's line (softnet_seq_show in the kernel's net/core). Later
// columns differ between kernels.
struct SoftnetLine {
    std::uint32_t processed = 0;
    std::uint32_t dropped = 0;
    std::uint32_t squeezed = 0;
};
Result<void> parse_softnet(std::string_view text, std::vector<SoftnetLine>& out);

Result<std::unique_ptr<Collector>> create_softnet(const Context& context);

}  // namespace tocsin::collector
