#include "base/net/fd_events.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <map>
#include <utility>

namespace tocsin::net {

struct FdEvents::Impl {
    int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    std::map<int, Ready> watched;
    bool gone = false;

    Impl() = default;
    ~Impl() {
        if (epoll >= 0) ::close(epoll);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void dispatch() {
        std::array<epoll_event, 16> events{};
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 0);
        for (int i = 0; i < count && !gone; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            // An earlier callback may have forgotten it.
            const auto at = watched.find(event.data.fd);
            if (at == watched.end()) continue;
            const Ready ready = at->second;
            ready(event.events);
        }
    }
};

FdEvents::FdEvents(Loop& loop) : impl_(std::make_shared<Impl>()) {
    // Without a descriptor left nothing becomes ready; whoever waits has a deadline.
    if (impl_->epoll < 0) return;
    readable_ = loop.on_readable(impl_->epoll, [impl = impl_] { impl->dispatch(); });
}

FdEvents::~FdEvents() {
    impl_->gone = true;
    readable_.reset();
}

void FdEvents::watch(int fd, std::uint32_t events, Ready ready) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    const bool known = impl_->watched.contains(fd);
    const int done = ::epoll_ctl(impl_->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    // A number that was closed and given out again without forget() has left the set.
    if (done != 0 && known) ::epoll_ctl(impl_->epoll, EPOLL_CTL_ADD, fd, &event);
    impl_->watched.insert_or_assign(fd, std::move(ready));
}

void FdEvents::forget(int fd) {
    if (impl_->watched.erase(fd) != 0) ::epoll_ctl(impl_->epoll, EPOLL_CTL_DEL, fd, nullptr);
}

}  // namespace tocsin::net
