// Requests from a client on a loop of its own.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "base/net/http_client.h"
#include "tests/support/http_server.h"

namespace tocsin::net::net_test {

inline ClientRequest get(std::string url) {
    ClientRequest request;
    request.url = std::move(url);
    request.timeout = 20s;
    return request;
}

// Sends from a client on its own loop and waits.
class Client {
  public:
    explicit Client(ClientOptions options = {}) {
        thread_.call([&] { client_ = std::make_unique<HttpClient>(thread_.loop, options); });
    }
    ~Client() {
        thread_.call([&] { client_.reset(); });
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::future<Result<Response>> start(ClientRequest request) {
        auto answer = std::make_shared<std::promise<Result<Response>>>();
        auto future = answer->get_future();
        thread_.call([&] {
            client_->send(std::move(request), [answer](Result<Response> result) {
                answer->set_value(std::move(result));
            });
        });
        return future;
    }
    Result<Response> send(ClientRequest request) { return start(std::move(request)).get(); }

  private:
    tocsin::test::LoopThread thread_;
    std::unique_ptr<HttpClient> client_;
};

inline std::string ok(const std::string& body, const std::string& headers = {}) {
    return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace tocsin::net::net_test
