// A small bounded pool of threads for calls that block: file systems, databases, libcurl.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/net/loop.h"

namespace tocsin::net {

class OffloadPool {
  public:
    // At most `threads` calls at once; at most `queue` wait. Threads start when first needed.
    OffloadPool(Loop& loop, std::size_t threads, std::size_t queue);
    // Waits for running calls up to a second, then lets hung threads go (they hold their own
    // state).
    ~OffloadPool();

    // Runs `work` on a thread, then `done` on the loop. False when the queue is full: neither runs.
    // What `work` touches must outlive it (capture shared state by value).
    bool run(std::function<void()> work, std::function<void()> done);

    // At most so many calls at once from now on, where it was fewer.
    void grow_to(std::size_t threads);

    std::size_t busy() const;     // threads inside a call
    std::size_t waiting() const;  // calls queued

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::net
