// node_nfs_*: what this host asked of NFS servers, from /proc/net/rpc/nfs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What a line's key is not there for stays zero.
struct NfsStats {
    std::array<std::uint64_t, 4> net{};  // all, UDP, TCP packets; TCP connections
    std::array<std::uint64_t, 3> rpc{};  // calls, retransmissions, authentication refreshes
    std::array<std::uint64_t, 18> proc2{};
    std::array<std::uint64_t, 22> proc3{};
    std::array<std::uint64_t, 59> proc4{};
};
// An error names the first line that cannot be read; the others are.
Result<void> parse_nfs(std::string_view text, NfsStats& out);

Result<std::unique_ptr<Collector>> create_nfs(const Context& context);

}  // namespace tocsin::collector
