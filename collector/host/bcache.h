// node_bcache_*: sets of caches, their backing and cache devices, from sysfs's fs/bcache.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// A number as bcache prints it for people (bch_hprint in drivers/md/bcache/util.c): "1.5G",
// "-3.1k", "512". What follows the point counts 1/1024 parts in tens, as node_exporter takes it.
std::optional<double> parse_human(std::string_view text);

// writeback_rate_debug, in bytes and bytes a second.
struct WritebackRate {
    double rate = 0;
    double target = 0;
    double proportional = 0;
    double integral = 0;
    double change = 0;
};
Result<WritebackRate> parse_writeback_rate(std::string_view text);

// priority_stats, in percent.
struct PriorityStats {
    std::uint64_t unused = 0;
    std::uint64_t metadata = 0;
};
Result<PriorityStats> parse_priority_stats(std::string_view text);

Result<std::unique_ptr<Collector>> create_bcache(const Context& context);

}  // namespace tocsin::collector
