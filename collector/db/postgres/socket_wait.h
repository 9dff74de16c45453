// Waits on the event loop for a socket that a library owns: it may close it and open another under
// the same number at any time. The socket stands in an epoll set of our own, which forgets it when
// it is closed, and the loop watches the set.
#pragma once

#include <functional>
#include <memory>

#include "base/net/loop.h"

namespace tocsin::collector {

enum class Readiness { kRead, kWrite, kBoth };

class SocketWait {
  public:
    // `ready` may destroy this object.
    SocketWait(net::Loop& loop, std::function<void()> ready);
    ~SocketWait();
    SocketWait(const SocketWait&) = delete;
    SocketWait& operator=(const SocketWait&) = delete;

    // From now on, until something else is waited for.
    void wait_for(int socket, Readiness readiness);

  private:
    int set_;
    int socket_ = -1;
    std::unique_ptr<net::Loop::Watch> watch_;
};

}  // namespace tocsin::collector
