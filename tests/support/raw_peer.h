// A server that answers with exactly the bytes it was given: for answers no decent server gives.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tocsin::test {

// Reads a request's head, sends the next answer and closes; with kOneConnection the connection
// stays for the answers that follow.
class RawPeer {
  public:
    enum Mode { kConnectionEach, kOneConnection };

    explicit RawPeer(std::vector<std::string> answers, Mode mode = kConnectionEach)
        : answers_(std::move(answers)), mode_(mode) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
            ::listen(listener_, 8) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~RawPeer() {
        ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
        thread_.join();
        ::close(listener_);
    }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
    int connections() const { return connections_; }
    std::string heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

  private:
    void serve() {
        int connection = -1;
        for (const std::string& answer : answers_) {
            if (connection < 0) {
                connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
                if (connection < 0) return;
                ++connections_;
            }
            read_head(connection);
            (void)!::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
            if (mode_ == kConnectionEach) ::close(std::exchange(connection, -1));
        }
        if (connection >= 0) ::close(connection);
    }

    void read_head(int connection) {
        std::string head;
        char buffer[4096];
        while (head.find("\r\n\r\n") == std::string::npos) {
            const ssize_t n = ::recv(connection, buffer, sizeof buffer, 0);
            if (n <= 0) break;
            head.append(buffer, static_cast<std::size_t>(n));
        }
        const std::lock_guard lock(mutex_);
        heard_ += head;
    }

    const std::vector<std::string> answers_;
    const Mode mode_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::string heard_;
    std::thread thread_;
};

}  // namespace tocsin::test
