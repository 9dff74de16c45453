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

// One that also remembers on disk how far it has come, so that nothing counts twice: what a
// collection gave must be told and kept, or neither. A call whose target is gone tells nobody.
class RememberingCollector : public Collector {
  public:
    // What the last call gave is told now. Between calls, on the loop; never after a call that was
    // cancelled or that an exception ended.
    virtual void told() = 0;
    // Whether keep() has anything to do. Likewise, after told().
    virtual bool to_keep() const = 0;
    // Called in the pool once what was collected is told; the next collection waits for it.
    virtual void keep() = 0;
};
std::unique_ptr<Target> make_remembering(net::Loop& loop, net::OffloadPool& pool,
                                         std::unique_ptr<RememberingCollector> collector);

}  // namespace tocsin::collector
