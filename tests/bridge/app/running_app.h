// The whole bridge in this process, on a spare port, with a store in a temporary directory.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/net/http_client.h"
#include "bridge/app/app.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

namespace tocsin::bridge::test {

// Whatever a test asks for: each answer is as docs/openapi.yaml describes it.
void check_described(const std::string& method, const std::string& path,
                     const net::Response& answer);

class RunningApp {
  public:
    // `config`: the text of bridge.yml, "" for no file.
    explicit RunningApp(const std::string& config = "",
                        LoopbackWithoutToken loopback = LoopbackWithoutToken::kAdmit) {
        flags_.listen = "127.0.0.1:0";
        flags_.store = "sqlite:" + tree.at("bridge.db");
        flags_.loopback = loopback;
        if (!config.empty()) {
            tree.write("bridge.yml", config);
            flags_.config_file = tree.at("bridge.yml");
        }
        start();
    }
    ~RunningApp() { stop(); }

    void start() {
        thread_ = std::make_unique<tocsin::test::LoopThread>();
        thread_->call([this] {
            auto made = App::create(thread_->loop, clock_, flags_);
            if (!made) throw std::runtime_error(made.error().message);
            app_ = std::move(made).value();
            const auto started = app_->start();
            if (!started) throw std::runtime_error(started.error().message);
        });
        port = app_->address().port;
    }
    void stop() {
        if (!app_) return;
        std::promise<void> done;
        thread_->call([&] { app_->stop([&] { done.set_value(); }); });
        done.get_future().wait();
        thread_->call([this] { app_.reset(); });
        thread_.reset();
    }
    Result<void> reload() {
        return thread_->call([this] { return app_->reload(); });
    }

    net::Response request(const std::string& method, const std::string& path,
                          const std::string& body = "", const std::string& token = "") const {
        net::ClientRequest request;
        request.method = method;
        request.url = "http://127.0.0.1:" + std::to_string(port) + path;
        request.body = body;
        if (method == "POST") request.headers.set("Content-Type", "application/json");
        if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
        auto response = net::fetch(request);
        if (!response) throw std::runtime_error(response.error().message);
        check_described(method, path, response.value());
        return std::move(response).value();
    }
    net::Response get(const std::string& path) const { return request("GET", path); }
    net::Response post(const std::string& path, const std::string& body = "{}") const {
        return request("POST", path, body);
    }
    boost::json::value json(const std::string& path) const {
        return boost::json::parse(get(path).body);
    }
    net::Response alert(const std::string& host, const std::string& severity) const {
        return post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": ")" + host +
                                          R"(", "severity": ")" + severity + R"("}}])");
    }

    tocsin::test::FixtureTree tree;
    std::uint16_t port = 0;

  private:
    Flags flags_;
    SystemClock clock_;
    std::unique_ptr<tocsin::test::LoopThread> thread_;
    std::unique_ptr<App> app_;
};

// Waits for something that another thread brings about; false when it does not come.
template <class Condition>
bool eventually(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the poll's pace
    }
    return true;
}

// A member of an answer as text, by its JSON pointer.
inline std::string text(const boost::json::value& value, const char* pointer) {
    const boost::json::value& at = value.at_pointer(pointer);
    return at.is_string() ? std::string(std::string_view(at.get_string()))
                          : boost::json::serialize(at);
}

}  // namespace tocsin::bridge::test
