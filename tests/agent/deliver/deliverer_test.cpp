// The shells against a real HTTP server on loopback.
#include "agent/deliver/deliverer.h"

#include <catch2/catch.hpp>
#include <optional>

#include "agent/deliver/alert_body.h"
#include "agent/deliver/heartbeat_sender.h"
#include "base/net/http_server.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

// A bridge that answers with the statuses it is told to, then with 200.
class FakeBridge {
  public:
    explicit FakeBridge(net::Loop& loop) {
        net::ServerOptions options;
        options.listen = {"127.0.0.1", 0};
        auto started =
            net::HttpServer::start(loop, options, [this](net::Request r, net::Reply reply) {
                int status = 200;
                if (!statuses.empty()) {
                    status = statuses.front();
                    statuses.erase(statuses.begin());
                }
                requests.push_back(std::move(r));
                if (seen) seen();
                reply.send(net::Response::text(status, says));
            });
        if (!started) FAIL(started.error().message);
        server_ = std::move(started).value();
    }
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->address().port);
    }

    std::vector<int> statuses;
    std::string says = "told so";
    std::vector<net::Request> requests;
    std::function<void()> seen;

  private:
    std::unique_ptr<net::HttpServer> server_;
};

Alert alert(const std::string& name, Timestamp starts, Timestamp ends) {
    Alert a;
    a.labels = Labels{{"alertname", name}, {"host", "h"}};
    a.annotations = {{"summary", std::string(2000, 's')}};  // long enough for gzip
    a.starts_at = starts;
    a.ends_at = ends;
    return a;
}

struct Bench {
    test::FixtureTree tree;
    net::Loop loop;
    SystemClock clock;
    Outbox outbox = Outbox::open({tree.at("state"), Bytes{1U << 20U}}).value();
    net::HttpClient client{loop, {}};
    FakeBridge bridge{loop};

    void commit(const std::string& name, std::uint64_t seq, const std::string& body = "") {
        const Timestamp now = clock.now();
        Record r = make_record(name, seq, now, {alert(name, now, now + 4min)});
        if (!body.empty()) r.body = body;
        REQUIRE(outbox.commit(std::span(&r, 1), {}, {}));
    }
    // Runs the loop until `holds`; fails after a while.
    void until(const std::function<bool()>& holds) {
        bool late = false;
        auto deadline = loop.after(20s, [&] {
            late = true;
            loop.stop();
        });
        std::function<void()> look;
        net::Timer again;
        look = [&] {
            if (holds()) return loop.stop();
            again = loop.after(2ms, look);
        };
        again = loop.after(0ms, look);
        loop.run();
        REQUIRE_FALSE(late);
    }
    DelivererOptions options(std::vector<std::string> urls) {
        DelivererOptions o;
        o.bridge.urls = std::move(urls);
        o.bridge.token = Secret("agent-token");
        o.bridge.version = "0.1.0";
        o.backoff = {10ms, 50ms};
        return o;
    }
};

std::vector<Alert> none(Timestamp, Duration) {
    return {};
}

std::vector<std::string> names(const net::Request& request) {
    const auto alerts = parse_alerts(request.body);
    if (!alerts) FAIL(alerts.error().message);
    std::vector<std::string> out;
    for (const Alert& a : alerts.value()) out.emplace_back(a.labels.get("alertname"));
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "committed transitions reach the bridge in one authenticated request and leave the outbox") {
    Bench b;
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({b.bridge.url() + "/"}),
                        none);
    b.commit("A", 1);
    b.commit("B", 2);
    deliverer.start();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(b.bridge.requests.size() == 1);
    const net::Request& r = b.bridge.requests[0];
    REQUIRE(r.method == "POST");
    REQUIRE(r.path == "/api/v2/alerts");
    REQUIRE(r.headers.get("Authorization") == "Bearer agent-token");
    REQUIRE(r.headers.get("Content-Type") == "application/json");
    REQUIRE(parse_rfc3339(r.headers.get(kHeaderSentAt)));
    REQUIRE(names(r) == Names{"A", "B"});
    REQUIRE(deliverer.counts().delivered == 2);

    b.commit("C", 3);
    deliverer.wake();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(names(b.bridge.requests.at(1)) == Names{"C"});
}

TEST_CASE("a bridge that fails is tried again until it takes the row") {
    Bench b;
    b.bridge.statuses = {503, 401, 500, 404};
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({b.bridge.url()}), none);
    b.commit("A", 1);
    deliverer.start();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(b.bridge.requests.size() == 5);
    REQUIRE(deliverer.counts().failures == 4);
    REQUIRE(deliverer.counts().delivered == 1);
    REQUIRE(deliverer.counts().last_error.empty());
    REQUIRE(b.outbox.stats().refused == 0);
}

TEST_CASE("a door that is shut costs one refused connection, not the alert") {
    Bench b;
    std::string shut;
    {
        const FakeBridge gone(b.loop);
        shut = gone.url();
    }
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({shut, b.bridge.url()}),
                        none);
    b.commit("A", 1);
    deliverer.start();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(b.bridge.requests.size() == 1);
    REQUIRE(deliverer.counts().failures == 1);
}

TEST_CASE("a row that the bridge calls wrong is dropped alone and counted") {
    Bench b;
    // Four rows at once: refused, refused in halves, the first alone as well; the rest is taken.
    // Each comes packed and then plain, as long as no packed one was ever taken.
    b.bridge.statuses = {400, 400, 400, 400, 400, 400};
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({b.bridge.url()}), none);
    for (std::uint64_t i = 1; i <= 4; ++i) b.commit("A" + std::to_string(i), i);
    deliverer.start();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(b.outbox.stats().refused == 1);
    REQUIRE(deliverer.counts().refused == 1);
    REQUIRE(deliverer.counts().delivered == 3);
    Names delivered;
    for (std::size_t i = 6; i < b.bridge.requests.size(); ++i) {
        for (const std::string& n : names(b.bridge.requests[i])) delivered.push_back(n);
    }
    REQUIRE(delivered == Names{"A2", "A3", "A4"});
}

TEST_CASE("a row that is no alert does not hold up the others") {
    Bench b;
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({b.bridge.url()}), none);
    b.commit("A", 1, "not json");
    b.commit("B", 2);
    deliverer.start();
    b.until([&] { return b.outbox.empty(); });
    REQUIRE(names(b.bridge.requests.at(0)) == Names{"B"});
    REQUIRE(b.outbox.stats().refused == 1);
}

TEST_CASE("what fires is sent again with an end four intervals ahead") {
    Bench b;
    DelivererOptions options = b.options({b.bridge.url()});
    options.resend = 60ms;
    const auto firing = [](Timestamp now, Duration ends_in) {
        return std::vector<Alert>{alert("Firing", now - 1h, now + ends_in)};
    };
    Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, options, firing);
    deliverer.start();
    b.until([&] { return deliverer.counts().resent >= 3; });
    const net::Request& r = b.bridge.requests.at(1);
    const Alert a = parse_alerts(r.body).value().at(0);
    const Timestamp sent = parse_rfc3339(r.headers.get(kHeaderSentAt)).value();
    REQUIRE(a.ends_at.value() - sent <= 240ms);
    REQUIRE(a.ends_at.value() - sent > 200ms);
}

TEST_CASE("rows wait when there is no bridge, and a deliverer may go while an answer is due") {
    Bench b;
    b.commit("A", 1);
    {
        Deliverer nowhere({b.loop, b.client, b.outbox, b.clock}, b.options({}), none);
        nowhere.start();
        nowhere.wake();
        Deliverer deliverer({b.loop, b.client, b.outbox, b.clock}, b.options({b.bridge.url()}),
                            none);
        deliverer.start();
    }
    b.until([&] { return b.bridge.requests.size() == 1; });
    REQUIRE(b.outbox.stats().rows == 1);
}

TEST_CASE("heartbeats go at once and on the interval, and say when the bridge answers") {
    Bench b;
    int answered = 0;
    HeartbeatSender sender(
        {b.loop, b.client, b.clock}, b.options({b.bridge.url()}).bridge, 30ms,
        [] {
            Heartbeat h;
            h.host = "web-1";
            return h;
        },
        [&] { ++answered; });
    b.bridge.statuses = {500};
    sender.start();
    b.until([&] { return b.bridge.requests.size() >= 3; });
    REQUIRE(b.bridge.requests[0].path == "/api/v1/heartbeat");
    REQUIRE(b.bridge.requests[0].headers.get("Authorization") == "Bearer agent-token");
    REQUIRE_THAT(b.bridge.requests[0].body, Catch::Contains(R"("host":"web-1")"));
    b.until([&] { return answered >= 2; });
}

TEST_CASE(
    "heartbeats go at the pace that the bridge asks for, and at their own where it asks none") {
    Bench b;
    HeartbeatSender sender(
        {b.loop, b.client, b.clock}, b.options({b.bridge.url()}).bridge, 50ms,
        [] { return Heartbeat{}; }, [] {});
    b.bridge.says = R"({"interval": 1})";
    sender.start();
    b.until([&] { return b.bridge.requests.size() == 1; });
    const Timestamp first = b.clock.now();
    b.until([&] { return b.bridge.requests.size() == 2; });
    CHECK(b.clock.now() - first >= 900ms);
    CHECK_THAT(b.bridge.requests[0].body, Catch::Contains(R"("interval_seconds":0)"));
    CHECK_THAT(b.bridge.requests[1].body, Catch::Contains(R"("interval_seconds":1)"));
    b.bridge.says = "{}";
    b.until([&] { return b.bridge.requests.size() == 4; });
    CHECK_THAT(b.bridge.requests[3].body, Catch::Contains(R"("interval_seconds":0)"));
}

TEST_CASE("a goodbye is tried at each door, and is the last word") {
    Bench b;
    std::string shut;
    {
        const FakeBridge gone(b.loop);
        shut = gone.url();
    }
    HeartbeatSender sender(
        {b.loop, b.client, b.clock}, b.options({shut, b.bridge.url()}).bridge, 50ms,
        [] { return Heartbeat{}; }, [] {});
    sender.start();
    b.until([&] { return !b.bridge.requests.empty(); });
    bool done = false;
    sender.goodbye(2s, [&] { done = true; });
    b.until([&] { return done; });
    REQUIRE_THAT(b.bridge.requests.back().body, Catch::Contains(R"("goodbye":true)"));
    const std::size_t count = b.bridge.requests.size();
    bool later = false;
    auto timer = b.loop.after(200ms, [&] { later = true; });
    b.until([&] { return later; });
    REQUIRE(b.bridge.requests.size() == count);
}

TEST_CASE("a goodbye that nobody hears ends all the same") {
    Bench b;
    b.bridge.statuses = {500, 500};
    HeartbeatSender sender(
        {b.loop, b.client, b.clock}, b.options({b.bridge.url()}).bridge, 30s,
        [] { return Heartbeat{}; }, [] {});
    bool done = false;
    sender.goodbye(1s, [&] { done = true; });
    b.until([&] { return done; });
    REQUIRE(b.bridge.requests.size() == 1);
}
