// A server of a test's own on loopback or a unix socket: each connection is one call, on the
// server's thread, one after the other.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace tocsin::test {

// One end of a connection, blocking.
class PeerConnection {
  public:
    explicit PeerConnection(int fd) : fd_(fd) {}
    // More bytes, or false at the end.
    bool read(std::string& into) const {
        char buffer[4096];
        const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
        if (n <= 0) return false;
        into.append(buffer, static_cast<std::size_t>(n));
        return true;
    }
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

  private:
    int fd_;
};

class StreamPeer {
  public:
    using Handler = std::function<void(const PeerConnection&)>;

    explicit StreamPeer(Handler handler) : handler_(std::move(handler)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listen(AF_INET, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        socklen_t size = sizeof at;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    StreamPeer(const std::string& path, Handler handler) : handler_(std::move(handler)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
        listen(AF_UNIX, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    }
    ~StreamPeer() {
        ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);  // wakes recv()
        }
        thread_.join();
        ::close(listener_);
    }
    StreamPeer(const StreamPeer&) = delete;
    StreamPeer& operator=(const StreamPeer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }

  private:
    void listen(int family, const sockaddr* at, socklen_t size) {
        listener_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(listener_, at, size) != 0 || ::listen(listener_, 8) != 0) {
            throw std::runtime_error("cannot listen");
        }
        thread_ = std::thread([this] { serve(); });
    }

    void serve() {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            ++connections_;
            {
                const std::lock_guard lock(mutex_);
                connection_ = fd;
                if (stopping_) ::shutdown(fd, SHUT_RDWR);
            }
            handler_(PeerConnection(fd));
            const std::lock_guard lock(mutex_);
            connection_ = -1;
            ::close(fd);
        }
    }

    Handler handler_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    int connection_ = -1;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tocsin::test
