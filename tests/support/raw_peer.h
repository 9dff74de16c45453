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

#include "tests/support/tcp_port.h"

namespace tocsin::test {

// Reads a request's head, sends the next answer and closes; with kOneConnection the connection
// stays for the answers that follow.
class RawPeer {
  public:
    enum Mode { kConnectionEach, kOneConnection };

    explicit RawPeer(std::vector<std::string> answers, Mode mode = kConnectionEach)
        : answers_(std::move(answers)), mode_(mode) {
        thread_ = std::thread([this] { serve(); });
    }
    ~RawPeer() {
        port_.shut();
        thread_.join();
    }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    std::uint16_t port() const { return port_.number(); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_.number()) + "/"; }
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
                connection = ::accept4(port_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
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
    TcpPort port_;
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::string heard_;
    std::thread thread_;
};

}  // namespace tocsin::test
