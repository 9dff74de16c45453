// A TCP port of loopback that the kernel chose; its queue accepts, nobody answers.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tocsin::test {

class TcpPort {
  public:
    // `backlog` 0: bound, but not listening, so that connections are refused.
    explicit TcpPort(int backlog = 8) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* const address = reinterpret_cast<sockaddr*>(&at);
        if (::bind(fd_, address, size) != 0 || (backlog > 0 && ::listen(fd_, backlog) != 0) ||
            ::getsockname(fd_, address, &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        number_ = ntohs(at.sin_port);
    }
    ~TcpPort() { ::close(fd_); }
    TcpPort(const TcpPort&) = delete;
    TcpPort& operator=(const TcpPort&) = delete;

    int fd() const { return fd_; }
    std::uint16_t number() const { return number_; }
    std::string text() const { return "127.0.0.1:" + std::to_string(number_); }
    void shut() const { ::shutdown(fd_, SHUT_RDWR); }  // wakes accept()

  private:
    int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::uint16_t number_ = 0;
};

}  // namespace tocsin::test
