#include "collector/host/link_events.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tocsin::collector {

LinkEvents::LinkEvents(bool listen) {
    if (!listen) return;
    fd_ = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd_ < 0) return;
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

LinkEvents::~LinkEvents() {
    if (fd_ >= 0) ::close(fd_);
}

bool LinkEvents::changed() {
    if (fd_ < 0) return true;
    bool heard = false;
    std::array<char, 64> start{};  // that there is a message is all that counts
    for (;;) {
        if (::recv(fd_, start.data(), start.size(), MSG_DONTWAIT) >= 0 || errno == ENOBUFS) {
            heard = true;
        } else if (errno != EINTR) {
            return heard || errno != EAGAIN;
        }
    }
}

bool LinkEvents::is_ours(const std::string& name, std::string_view ifindex) const {
    return fd_ >= 0 && std::to_string(::if_nametoindex(name.c_str())) == ifindex;
}

}  // namespace tocsin::collector
