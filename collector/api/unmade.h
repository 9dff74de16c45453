// What stands in for a collector or a target that could not be made (its module is not installed,
// its settings contradict each other): it fails each time with the reason, so that `up`,
// tocsin_collector_success and the heartbeat say so.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "collector/api/collector.h"
#include "collector/api/target.h"

namespace tocsin::collector {

std::unique_ptr<Collector> unmade_collector(Error why);  // does not block
std::unique_ptr<Target> unmade_target(net::Loop& loop, Error why);

}  // namespace tocsin::collector
