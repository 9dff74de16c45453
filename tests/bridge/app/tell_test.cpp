// From an alert to a person: a real webhook at the other end.
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "base/net/file.h"
#include "bridge/notify/webhook.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

struct Received {
    std::mutex lock;
    std::vector<net::Request> requests;
    std::size_t count() {
        const std::lock_guard guard(lock);
        return requests.size();
    }
};

}  // namespace

TEST_CASE("an alert reaches a person by signed webhook, and the timeline says so") {
    Received received;
    const tocsin::test::HttpTestServer hook(
        [&](const net::Request& request, const net::Reply& reply) {
            {
                const std::lock_guard guard(received.lock);
                received.requests.push_back(request);
            }
            reply.send(net::Response::text(200, "thanks"));
        });
    const tocsin::test::FixtureTree secrets;
    REQUIRE(net::write_file_atomic(secrets.at("hook"), "s3cret\n", 0600));
    RunningApp app("channels:\n  - {name: hook, type: webhook, url: \"" + hook.url("/in") +
                   "\", secret_file: " + secrets.at("hook") +
                   "}\n"
                   "calendars: {office: 7x24}\n"
                   "people:\n  - {name: li.na, contacts: [{channel: hook}]}\n"
                   "policies:\n  - {name: web, response: [{tell: [person:li.na]}]}\n"
                   "routes:\n  - {policy: web}\n");
    REQUIRE(app.alert("web-1", "critical").status == 200);
    REQUIRE(eventually([&] { return received.count() == 1; }));

    const net::Request request = received.requests.front();
    const boost::json::value body = boost::json::parse(request.body);
    const std::string key(
        app.json("/api/v1/incidents").at("incidents").at(0).at("key").as_string());
    CHECK_THAT(request.body, Contains(key) && Contains("/incidents/" + key));
    const std::string signature(request.headers.get("Tocsin-Signature"));
    const std::string seconds = signature.substr(2, signature.find(',') - 2);
    CHECK(signature == webhook_signature(Secret("s3cret"), from_unix_ms(std::stoll(seconds) * 1000),
                                         request.body));
    boost::json::value detail;
    REQUIRE(eventually([&] {
        detail = app.json("/api/v1/incidents/" + key);
        return detail.at_pointer("/escalation/messages/0/state") == "delivered";
    }));
    const auto& message = detail.at_pointer("/escalation/messages/0");
    CHECK_THAT(boost::json::serialize(detail.at("timeline")), Contains("\"told\""));
    CHECK(message.at("person") == "li.na");

    // A bridge that starts again does not tell it again.
    app.stop();
    app.start();
    REQUIRE(app.alert("web-2", "critical").status == 200);
    REQUIRE(eventually([&] { return received.count() >= 2; }));
    CHECK_THAT(received.requests.back().body, Contains("web-2"));
}
