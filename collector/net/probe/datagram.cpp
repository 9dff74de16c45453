#include "collector/net/probe/datagram.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace tocsin::collector::probe {

Datagram::~Datagram() {
    readable_.reset();
    if (fd_ >= 0) ::close(fd_);
}

Result<void> Datagram::open(net::Loop& loop, const Address& peer, Got got) {
    fd_ = ::socket(peer.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return errno_error("a socket", errno);
    // Connected: only the peer's packets arrive, and a closed port is an error at once.
    if (::connect(fd_, peer.get(), peer.size) != 0) return errno_error("a way there", errno);
    got_ = std::move(got);
    readable_ = loop.on_readable(fd_, [this] { receive(); });
    return success();
}

Result<void> Datagram::send(std::string_view packet) const {
    if (::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL) >= 0) return success();
    return errno_error("sending", errno);
}

void Datagram::receive() {
    std::array<char, 66'000> packet{};
    const ssize_t n = ::recv(fd_, packet.data(), packet.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) return got_(errno_error("receiving", errno));
    got_(std::string_view(packet.data(), static_cast<std::size_t>(n)));
}

}  // namespace tocsin::collector::probe
