// node_nf_conntrack_*: how full netfilter's table of connections is, from
// /proc/sys/net/netfilter and /proc/net/stat/nf_conntrack.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The columns of nf_conntrack that are reported, summed over the CPUs (a line each).
struct ConntrackStat {
    std::uint64_t found = 0;
    std::uint64_t invalid = 0;
    std::uint64_t ignore = 0;
    std::uint64_t insert = 0;
    std::uint64_t insert_failed = 0;
    std::uint64_t drop = 0;
    std::uint64_t early_drop = 0;
    std::uint64_t search_restart = 0;  // not before Linux 2.6.35
};
Result<ConntrackStat> parse_conntrack(std::string_view text);

Result<std::unique_ptr<Collector>> create_conntrack(const Context& context);

}  // namespace tocsin::collector
