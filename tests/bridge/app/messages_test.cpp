// Messages over a whole bridge: dead letters listed and sent again, and another contact meanwhile.
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

struct Hook {
    std::atomic<int> status{200};
    std::atomic<int> requests{0};
    tocsin::test::HttpTestServer server{[this](const net::Request&, const net::Reply& reply) {
        ++requests;
        reply.send(net::Response::text(status.load(), "said"));
    }};
};

std::string config(const Hook& first, const Hook& second) {
    return "channels:\n  - {name: first, type: webhook, url: \"" + first.server.url("/") +
           "\"}\n  - {name: second, type: webhook, url: \"" + second.server.url("/") +
           "\"}\ncalendars: {office: 7x24}\npeople:\n  - {name: li.na, contacts: [{channel: "
           "first}, {channel: second, for: "
           "[P1]}]}\npolicies:\n  - {name: web, response: [{tell: [person:li.na]}]}\n"
           "routes:\n  - {policy: web}\n";
}

}  // namespace

TEST_CASE("a message that is given up goes another way, is listed, and is sent again by hand") {
    Hook first;
    Hook second;
    first.status = 404;
    RunningApp app(config(first, second));
    REQUIRE(app.alert("web-1", "warning").status == 200);
    REQUIRE(eventually([&] { return second.requests == 1; }));
    REQUIRE(eventually([&] {
        return app.json("/api/v1/effects?state=delivered").at("effects").as_array().size() == 1;
    }));
    const auto dead = app.json("/api/v1/effects?state=dead");
    REQUIRE(dead.at("effects").as_array().size() == 1);
    const auto& letter = dead.at("effects").at(0);
    CHECK(letter.at("person") == "li.na");
    CHECK(letter.at("channel") == "first");
    CHECK_THAT(std::string(letter.at("result").as_string()), Contains("HTTP 404"));
    const std::string key(letter.at("incident").as_string());
    CHECK_THAT(app.get("/api/v1/incidents/" + key).body, Contains("fell_back"));

    const std::string id(letter.at("id").as_string());
    first.status = 200;
    const int before = first.requests;
    const net::Response retried =
        app.post("/api/v1/effects/" + id + "/retry", R"({"actor": "wang.wei"})");
    CHECK(retried.status == 200);
    REQUIRE(eventually([&] { return first.requests == before + 1; }));
    REQUIRE(eventually(
        [&] { return app.json("/api/v1/effects?state=dead").at("effects").as_array().empty(); }));
    CHECK_THAT(app.get("/api/v1/incidents/" + key).body,
               Contains("retried") && Contains("wang.wei"));
    // Only what is dead; only what there is.
    REQUIRE(eventually([&] {
        return app.json("/api/v1/effects?state=delivered").at("effects").as_array().size() == 2;
    }));
    const net::Response again = app.post("/api/v1/effects/" + id + "/retry");
    CHECK(again.status == 409);
    CHECK_THAT(again.body, Contains("is delivered"));
    CHECK(app.post("/api/v1/effects/999999/retry").status == 404);
    CHECK(app.post("/api/v1/effects/x/retry").status == 404);
    CHECK(app.get("/api/v1/effects?state=sleeping").status == 400);
    CHECK(app.get("/api/v1/effects?limit=0").status == 400);
}
