#include "collector/net/snmp/trap_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace tocsin::collector::snmp {
namespace {

constexpr std::size_t kLargest = 65536;
// Other work of the loop has its turn after so many.
constexpr int kAtOnce = 64;
// A burst of some thousand traps waits there; the kernel's default holds some hundred.
constexpr int kWaitingBytes = 2 * 1024 * 1024;

Address address_of(const SnmpPeer& peer) {
    Address out;
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET, peer.host.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(peer.port);
        std::memcpy(&out.storage, &four, sizeof(four));
        out.size = sizeof(four);
    } else if (::inet_pton(AF_INET6, peer.host.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(peer.port);
        std::memcpy(&out.storage, &six, sizeof(six));
        out.size = sizeof(six);
    }
    return out;
}

int set_flag(int fd, int level, int option) {
    const int on = 1;
    return ::setsockopt(fd, level, option, &on, sizeof(on));
}

// How many the kernel has dropped, as it says beside a datagram (socket(7), SO_RXQ_OVFL).
void take_lost(msghdr& message, std::uint32_t& lost) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_RXQ_OVFL) {
            std::memcpy(&lost, CMSG_DATA(part), sizeof(lost));
        }
    }
}

}  // namespace

TrapSocket::TrapSocket(int fd, Came came) : fd_(fd), came_(std::move(came)), buffer_(kLargest) {}

TrapSocket::~TrapSocket() {
    readable_.reset();
    ::close(fd_);
}

Result<std::unique_ptr<TrapSocket>> TrapSocket::open(net::Loop& loop, const SnmpPeer& peer,
                                                     Came came) {
    const Address address = address_of(peer);
    const std::string where =
        "listening on UDP " + peer.host + " port " + std::to_string(peer.port);
    const int fd =
        ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return errno_error(where, errno);
    // NOLINTNEXTLINE: a private constructor
    std::unique_ptr<TrapSocket> out(new TrapSocket(fd, std::move(came)));
    // Its own, beside 0.0.0.0: otherwise an address of version 4 would come in two forms.
    if (address.storage.ss_family == AF_INET6) set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    set_flag(fd, SOL_SOCKET, SO_RXQ_OVFL);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kWaitingBytes, sizeof(kWaitingBytes));
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
        return errno_error(where, errno);
    }
    out->readable_ = loop.on_readable(fd, [socket = out.get()] { socket->read(); });
    return out;
}

void TrapSocket::read() {
    for (int i = 0; i < kAtOnce; ++i) {
        Address from;
        iovec bytes{buffer_.data(), buffer_.size()};
        std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> control{};
        msghdr message{};
        message.msg_name = &from.storage;
        message.msg_namelen = sizeof(from.storage);
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(fd_, &message, 0);
        if (size < 0) return;  // nothing more, or an answer of ours that could not be delivered
        from.size = message.msg_namelen;
        take_lost(message, lost_);
        came_(*this, {buffer_.data(), static_cast<std::size_t>(size)}, from);
    }
}

void TrapSocket::send(std::string_view datagram, const Address& to) const {
    // One that is lost on its way is sent for again.
    [[maybe_unused]] const ssize_t sent =
        ::sendto(fd_, datagram.data(), datagram.size(), 0,
                 reinterpret_cast<const sockaddr*>(&to.storage), to.size);
}

}  // namespace tocsin::collector::snmp
