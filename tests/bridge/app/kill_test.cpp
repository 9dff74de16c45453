// A 200 means committed: the bridge is killed with SIGKILL while it takes alerts, again and again,
// and every alert that it answered is there exactly once, with one incident.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/net/http_client.h"
#include "bridge/store/queries.h"
#include "bridge/store/store.h"
#include "running_app.h"
#include "tests/support/child_process.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// A port that was free a moment ago.
std::uint16_t spare_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
        throw std::runtime_error("no spare port");
    }
    ::close(fd);
    return ntohs(at.sin_port);
}

struct Poster {
    std::string url;
    std::set<int> answered;  // hosts whose alert was answered 200
    std::set<int> sent;

    // False when the bridge is gone.
    bool post(int host) {
        net::ClientRequest request;
        request.method = "POST";
        request.url = url + "/api/v2/alerts";
        request.headers.set("Content-Type", "application/json");
        request.body = R"([{"labels": {"alertname": "A", "severity": "warning", "host": "h)" +
                       std::to_string(host) + R"("}}])";
        request.timeout = 5s;
        sent.insert(host);
        const auto response = net::fetch(request);
        if (!response) return false;
        if (response.value().status == 200) answered.insert(host);
        return true;
    }
    bool ready() {
        net::ClientRequest request;
        request.url = url + "/-/ready";
        const auto response = net::fetch(request);
        return response && response.value().status == 200;
    }
};

}  // namespace

TEST_CASE("every alert answered 200 survives SIGKILL, exactly once, with one incident") {
    const tocsin::test::FixtureTree tree;
    const std::string store = "sqlite:" + tree.at("bridge.db");
    const std::uint16_t port = spare_port();
    const std::string listen = "127.0.0.1:" + std::to_string(port);
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);

    Poster poster;
    poster.url = "http://" + listen;
    int next = 0;
    for (int round = 0; round < 8; ++round) {
        tocsin::test::ChildProcess bridge({TOCSIN_BINARY_DIR "/bin/tocsin-bridge", "serve",
                                           "--listen", listen, "--store", store,
                                           "--insecure-loopback"});
        REQUIRE(bridge::test::eventually([&] { return poster.ready(); }));
        // What was not answered is sent again, as an agent does.
        for (const int host : std::set<int>(poster.sent)) {
            if (!poster.answered.contains(host)) REQUIRE(poster.post(host));
        }
        const auto life = std::chrono::milliseconds(5 + random() % 120);
        std::thread killer([&] {
            std::this_thread::sleep_for(life);  // SIGKILL comes at a random moment
            bridge.signal(SIGKILL);
        });
        while (poster.post(next)) ++next;
        ++next;
        killer.join();
        bridge.stop(SIGKILL);
    }
    CAPTURE(poster.answered.size(), poster.sent.size());
    REQUIRE(poster.answered.size() > 8);

    REQUIRE(Store::open(store));  // recovers what the last kill left
    const auto queries = Queries::open(store);
    REQUIRE(queries);
    std::map<std::string, int> incidents_of;
    std::set<std::string> keys;
    IncidentFilter filter;
    filter.state = StateFilter::kAll;
    filter.limit = 1000;
    do {
        const auto page = queries.value()->incidents(filter);
        REQUIRE(page);
        for (const IncidentSummary& row : page.value().incidents) {
            if (row.incident.is_parent()) continue;  // the storm that so many hosts are
            ++incidents_of[std::string(row.incident.labels.get("host"))];
            keys.insert(row.incident.key);
            const auto detail = queries.value()->incident(row.incident.key);
            REQUIRE(detail);
            CHECK(detail.value().alerts.size() == 1);
            int opened = 0;
            for (const TimelineRow& entry : detail.value().timeline) {
                opened += entry.entry.kind == "opened" ? 1 : 0;
            }
            CHECK(opened == 1);
        }
        filter.before = page.value().next;
    } while (filter.before != 0);
    for (const int host : poster.answered) {
        CAPTURE(host);
        CHECK(incidents_of["h" + std::to_string(host)] == 1);
    }
    for (const auto& [host, count] : incidents_of) {
        CAPTURE(host);
        CHECK(count == 1);
    }
    CHECK(keys.size() == incidents_of.size());
}

namespace {

// What a webhook's other end got, whatever the bridge knows of it.
class Told {
  public:
    // Whom, of what, why, which step.
    using Message = std::tuple<std::string, std::string, std::string, std::int64_t>;

    void take(const net::Request& request) {
        const boost::json::value body = boost::json::parse(request.body);
        const auto text = [&](const char* pointer) {
            return std::string(body.at_pointer(pointer).as_string());
        };
        const std::lock_guard guard(lock_);
        ++times_[text("/id")];
        messages_[text("/id")].insert({text("/recipient/name"), text("/incident/host"),
                                       text("/event"), body.at("step").as_int64()});
        same_ = same_ && request.headers.get("Idempotency-Key") == text("/id");
    }
    std::map<std::string, int> times() {
        const std::lock_guard guard(lock_);
        return times_;
    }
    // The idempotency keys of each message.
    std::map<Message, std::set<std::string>> keys() {
        const std::lock_guard guard(lock_);
        std::map<Message, std::set<std::string>> out;
        for (const auto& [key, messages] : messages_) {
            for (const Message& message : messages) out[message].insert(key);
        }
        return out;
    }
    bool each_key_means_one_message() {
        const std::lock_guard guard(lock_);
        return same_ && std::all_of(messages_.begin(), messages_.end(),
                                    [](const auto& entry) { return entry.second.size() == 1; });
    }

  private:
    std::mutex lock_;
    bool same_ = true;  // the header says what the body says
    std::map<std::string, int> times_;
    std::map<std::string, std::set<Message>> messages_;
};

}  // namespace

TEST_CASE("every step is told over SIGKILL, and a repeat carries the key of the first") {
    Told told;
    const tocsin::test::HttpTestServer hook(
        [&](const net::Request& request, const net::Reply& reply) {
            told.take(request);
            // So that kills come between a message and its answer.
            std::this_thread::sleep_for(std::chrono::milliseconds(10));  // an answer takes time
            reply.send(net::Response::text(200, "ok"));
        });
    const tocsin::test::FixtureTree tree;
    tree.write("bridge.yml", "channels:\n  - {name: hook, type: webhook, url: \"" +
                                 hook.url("/in") +
                                 "\"}\n"
                                 "calendars: {office: 7x24}\n"
                                 "people:\n"
                                 "  - {name: li.na, contacts: [{channel: hook}]}\n"
                                 "  - {name: zhao.lei, contacts: [{channel: hook}]}\n"
                                 "policies:\n  - name: web\n    response:\n"
                                 "      - {tell: [person:li.na]}\n"
                                 "      - {after: 1s, tell: [person:zhao.lei]}\n"
                                 "routes:\n  - {policy: web}\n"
                                 "storms: {more_than: 0}\n");  // each host is told of
    const std::string listen = "127.0.0.1:" + std::to_string(spare_port());
    const std::vector<std::string> command = {TOCSIN_BINARY_DIR "/bin/tocsin-bridge",
                                              "serve",
                                              "--config",
                                              tree.at("bridge.yml"),
                                              "--listen",
                                              listen,
                                              "--store",
                                              "sqlite:" + tree.at("bridge.db"),
                                              "--insecure-loopback"};
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    Poster poster;
    poster.url = "http://" + listen;
    int next = 0;
    for (int round = 0; round < 15; ++round) {
        tocsin::test::ChildProcess bridge(command);
        REQUIRE(bridge::test::eventually([&] { return poster.ready(); }));
        for (const int host : std::set<int>(poster.sent)) {
            if (!poster.answered.contains(host)) REQUIRE(poster.post(host));
        }
        for (int i = 0; i < 3; ++i) REQUIRE(poster.post(next++));
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 150));  // of its life
        bridge.stop(SIGKILL);
    }
    const auto all_told = [&] {
        const auto keys = told.keys();
        return std::all_of(poster.answered.begin(), poster.answered.end(), [&](int host) {
            const std::string name = "h" + std::to_string(host);
            return keys.contains({"li.na", name, "opened", 1}) &&
                   keys.contains({"zhao.lei", name, "escalated", 2});
        });
    };
    {
        tocsin::test::ChildProcess bridge(command);
        CHECK(bridge::test::eventually(all_told));
        CHECK(WIFEXITED(bridge.stop(SIGTERM)));
    }
    CHECK(poster.answered.size() == 45);
    CHECK(told.each_key_means_one_message());
    for (const auto& [message, keys] : told.keys()) {
        CAPTURE(std::get<0>(message), std::get<1>(message), std::get<2>(message));
        CHECK(keys.size() == 1);
    }

    // A clean stop left nothing to be sent again.
    const auto before = told.times();
    tocsin::test::ChildProcess bridge(command);
    REQUIRE(bridge::test::eventually([&] { return poster.ready(); }));
    REQUIRE(poster.post(next));
    REQUIRE(bridge::test::eventually([&] {
        return told.keys().contains({"li.na", "h" + std::to_string(next), "opened", 1});
    }));
    const auto after = told.times();
    for (const auto& [key, times] : before) CHECK(after.at(key) == times);
}

TEST_CASE("a wrong command line, a wrong file and a taken store each have their status") {
    const tocsin::test::FixtureTree tree;
    tree.write("bad.yml", "listne: 127.0.0.1:1\n");
    const std::string program = TOCSIN_BINARY_DIR "/bin/tocsin-bridge";
    const std::string store = "sqlite:" + tree.at("bridge.db");
    const auto status = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), program);
        tocsin::test::ChildProcess bridge(std::move(arguments));
        int out = 0;
        ::waitpid(bridge.pid(), &out, 0);
        return WEXITSTATUS(out);
    };
    CHECK(status({"--version"}) == 0);
    CHECK(status({"serve", "--help"}) == 0);
    CHECK(status({}) == 2);
    CHECK(status({"serve", "--nonsense"}) == 2);
    CHECK(status({"serve", "--config", tree.at("bad.yml"), "--store", store}) == 1);
    CHECK(status({"serve", "--config", tree.at("none.yml"), "--store", store}) == 3);
    CHECK(status({"serve", "--store", "sqlite:" + tree.at("none/x/bridge.db")}) == 3);
    const auto held = Store::open(store);
    REQUIRE(held);
    CHECK(status({"serve", "--listen", "127.0.0.1:0", "--store", store}) == 3);
}

TEST_CASE("SIGTERM ends it cleanly, SIGHUP does not end it") {
    const tocsin::test::FixtureTree tree;
    const std::uint16_t port = spare_port();
    Poster poster;
    poster.url = "http://127.0.0.1:" + std::to_string(port);
    tocsin::test::ChildProcess bridge({TOCSIN_BINARY_DIR "/bin/tocsin-bridge", "serve", "--listen",
                                       "127.0.0.1:" + std::to_string(port), "--store",
                                       "sqlite:" + tree.at("bridge.db"), "--insecure-loopback"});
    REQUIRE(bridge::test::eventually([&] { return poster.ready(); }));
    bridge.signal(SIGHUP);
    CHECK(poster.post(1));
    CHECK(poster.ready());
    const int status = bridge.stop(SIGTERM);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
