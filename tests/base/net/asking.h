// What the tests of the server share: requests as text, a handler, and something to wait for.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "base/net/http_server.h"

namespace tocsin::net::net_test {

// Answers with what it was asked: method, path, body.
inline void echo(Request request, Reply reply) {
    reply.send(Response::text(200, request.method + " " + request.path + " " + request.body));
}

inline std::string get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: t\r\n\r\n";
}

// Something that another thread makes true.
class Flag {
  public:
    void set() {
        const std::lock_guard lock(mutex_);
        set_ = true;
        changed_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 20s, [this] { return set_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

}  // namespace tocsin::net::net_test
