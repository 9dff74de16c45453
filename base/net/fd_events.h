// Descriptors that may become readable or writable, for libraries that own them (libcurl, OpenSSL,
// libpq). They stand in an epoll set of their own, and the loop watches that one descriptor: it is
// readable whenever one of the set is ready.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/net/loop.h"

namespace tocsin::net {

class FdEvents {
  public:
    // What is ready: bits of epoll(7), EPOLLIN and EPOLLOUT among them.
    using Ready = std::function<void(std::uint32_t events)>;

    explicit FdEvents(Loop& loop);
    ~FdEvents();
    FdEvents(const FdEvents&) = delete;
    FdEvents& operator=(const FdEvents&) = delete;

    // Calls `ready` whenever one of `events` is so, until forget(); replaces what was asked for the
    // descriptor before, and for one that was closed and opened anew under its number. The callback
    // may do anything, including destroying this object.
    void watch(int fd, std::uint32_t events, Ready ready);
    void forget(int fd);  // before the descriptor is closed

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
    std::unique_ptr<Loop::Watch> readable_;
};

}  // namespace tocsin::net
