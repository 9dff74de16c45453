// A collector whose client blocks (a database library, a child process) as a target: each
// collection is a call in the pool.
#pragma once

#include <memory>

#include "base/net/offload.h"
#include "collector/api/collector.h"
#include "collector/api/target.h"

namespace tocsin::collector {

// While a call that was cancelled still hangs, further collections fail at once and say so; it
// holds one thread of the pool at most. `collector` dies on the pool's thread when it outlives the
// target.
std::unique_ptr<Target> make_pooled(net::Loop& loop, net::OffloadPool& pool,
                                    std::unique_ptr<Collector> collector);

}  // namespace tocsin::collector
