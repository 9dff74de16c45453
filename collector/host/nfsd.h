// node_nfsd_*: what this host's NFS server was asked, from /proc/net/rpc/nfsd.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What a line's key is not there for stays zero: kernels leave out what they no longer have.
struct NfsdStats {
    std::array<std::uint64_t, 3> reply_cache{};   // hits, misses, not cached
    std::array<std::uint64_t, 1> file_handles{};  // stale
    std::array<std::uint64_t, 2> io{};            // bytes read, written
    std::array<std::uint64_t, 1> threads{};
    std::array<std::uint64_t, 12> read_ahead{};  // size, ten of a histogram, not found
    std::array<std::uint64_t, 4> net{};          // all, UDP, TCP packets; TCP connections
    std::array<std::uint64_t, 5> rpc{};          // calls, bad in all, format, auth, client
    std::array<std::uint64_t, 18> proc2{};
    std::array<std::uint64_t, 22> proc3{};
    std::array<std::uint64_t, 40> operations4{};
};
// An error names the first line that cannot be read; the others are.
Result<void> parse_nfsd(std::string_view text, NfsdStats& out);

Result<std::unique_ptr<Collector>> create_nfsd(const Context& context);

}  // namespace tocsin::collector
