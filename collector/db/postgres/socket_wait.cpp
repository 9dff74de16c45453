#include "collector/db/postgres/socket_wait.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tocsin::collector {
namespace {

std::uint32_t events_of(Readiness readiness) {
    switch (readiness) {
        case Readiness::kRead:
            return EPOLLIN;
        case Readiness::kWrite:
            return EPOLLOUT;
        case Readiness::kBoth:
            return EPOLLIN | EPOLLOUT;
    }
    return EPOLLIN;
}

}  // namespace

SocketWait::SocketWait(net::Loop& loop, std::function<void()> ready)
    : set_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (set_ >= 0) watch_ = loop.on_readable(set_, std::move(ready));
}

SocketWait::~SocketWait() {
    watch_.reset();
    if (set_ >= 0) ::close(set_);
}

void SocketWait::wait_for(int socket, Readiness readiness) {
    epoll_event event{};
    event.events = events_of(readiness);
    event.data.fd = socket;
    if (socket_ >= 0 && socket_ != socket) ::epoll_ctl(set_, EPOLL_CTL_DEL, socket_, nullptr);
    socket_ = socket;
    // One that was closed and opened anew is not in the set any more.
    if (::epoll_ctl(set_, EPOLL_CTL_MOD, socket, &event) != 0 && errno == ENOENT) {
        ::epoll_ctl(set_, EPOLL_CTL_ADD, socket, &event);
    }
}

}  // namespace tocsin::collector
