// A 200 means committed: the bridge is killed with SIGKILL while it takes alerts, again and again,
// and every alert that it answered is there exactly once, with one incident.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "base/net/http_client.h"
#include "bridge/store/queries.h"
#include "bridge/store/store.h"
#include "tests/support/child_process.h"
#include "tests/support/fixture_tree.h"

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
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!poster.ready()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the poll's pace
            std::this_thread::sleep_for(std::chrono::milliseconds(10));  // between two looks
        }
        // What was not answered is sent again, as an agent does.
        for (const int host : std::set<int>(poster.sent)) {
            if (!poster.answered.contains(host)) REQUIRE(poster.post(host));
        }
        const auto life = std::chrono::milliseconds(5 + random() % 120);
        std::thread killer([&] {
            std::this_thread::sleep_for(life);  // SIGKILL comes at a random moment
            std::this_thread::sleep_for(life);  // a random moment, on purpose
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
    CHECK(status({"serve", "--store", "sqlite:/nonexistent/x/bridge.db"}) == 3);
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
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!poster.ready()) REQUIRE(std::chrono::steady_clock::now() < deadline);
    bridge.signal(SIGHUP);
    CHECK(poster.post(1));
    CHECK(poster.ready());
    const int status = bridge.stop(SIGTERM);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
