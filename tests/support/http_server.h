// A real net::HttpServer on a spare loopback port, its loop on a thread of its own; and a plain
// socket that says exactly what a test wants said.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/net/http.h"
#include "base/net/http_server.h"
#include "base/net/loop.h"

namespace tocsin::test {

// A loop that runs on its own thread until the object goes.
class LoopThread {
  public:
    LoopThread() : thread_([this] { loop.run(); }) {}
    ~LoopThread() {
        loop.stop();
        thread_.join();
    }
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    // Runs `f` on the loop's thread and returns what it returned.
    template <class F>
    auto call(F f) -> decltype(f()) {
        using R = decltype(f());
        std::packaged_task<R()> task(std::move(f));
        auto result = task.get_future();
        loop.post([&task] { task(); });
        return result.get();
    }

    net::Loop loop;

  private:
    std::thread thread_;
};

class HttpTestServer {
  public:
    explicit HttpTestServer(net::Handler handler, net::ServerOptions options = {}) {
        if (options.listen.host.empty()) options.listen = {"127.0.0.1", 0};
        thread_.call([&] {
            auto started =
                net::HttpServer::start(thread_.loop, std::move(options), std::move(handler));
            if (!started) throw std::runtime_error(started.error().message);
            server_ = std::move(started).value();
        });
        port_ = server_->address().port;
    }
    ~HttpTestServer() {
        thread_.call([&] { server_.reset(); });
    }
    HttpTestServer(const HttpTestServer&) = delete;
    HttpTestServer& operator=(const HttpTestServer&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url(std::string_view path, std::string_view scheme = "http") const {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    LoopThread& thread() { return thread_; }
    net::HttpServer& server() { return *server_; }  // from the loop's thread only

  private:
    LoopThread thread_;
    std::unique_ptr<net::HttpServer> server_;
    std::uint16_t port_ = 0;
};

// A response as a plain socket saw it.
struct RawResponse {
    int status = 0;
    std::string head;
    std::string body;
};

class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        // No answer within this is a failed test, not a slow one.
        const timeval limit{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void half_close() { ::shutdown(fd_, SHUT_WR); }

    // False when the other end has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    // Whatever arrives next; "" at the end of the connection.
    std::string receive() {
        char buffer[4096];
        const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
        return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
    }

    std::string until(std::string_view mark) {
        while (pending_.find(mark) == std::string::npos) {
            const std::string more = receive();
            if (more.empty()) return std::exchange(pending_, {});
            pending_ += more;
        }
        const auto end = pending_.find(mark) + mark.size();
        std::string out = pending_.substr(0, end);
        pending_.erase(0, end);
        return out;
    }

    std::string until_closed() {
        for (std::string more = receive(); !more.empty(); more = receive()) pending_ += more;
        return std::exchange(pending_, {});
    }

    // One response with a Content-Length; status 0 when the connection ended first.
    RawResponse response() {
        RawResponse out;
        out.head = until("\r\n\r\n");
        if (out.head.size() < 12 || !out.head.ends_with("\r\n\r\n")) return out;
        out.status = std::atoi(out.head.substr(9, 3).c_str());
        const auto at = out.head.find("Content-Length: ");
        if (at == std::string::npos) return out;
        const auto length = static_cast<std::size_t>(std::atoll(out.head.c_str() + at + 16));
        while (pending_.size() < length) {
            const std::string more = receive();
            if (more.empty()) break;
            pending_ += more;
        }
        out.body = pending_.substr(0, length);
        pending_.erase(0, length);
        return out;
    }

  private:
    int fd_;
    std::string pending_;
};

}  // namespace tocsin::test
