#include <catch2/catch.hpp>

#include "agent/api/api.h"
#include "base/core/clock.h"
#include "base/model/series.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

struct ApiLab {
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    rules::History history{{}};

    Api make(const char* token) {
        return Api({
                       .history = [this]() -> rules::History& { return history; },
                       .clock = clock,
                       .metrics = [](bool) { return std::string("node_load1 1\n"); },
                       .rules = [](RuleKinds) { return std::string(R"({"groups":[]})"); },
                       .alerts = [] { return std::string(R"({"alerts":[]})"); },
                       .ready = [] { return true; },
                       .version = "1",
                   },
                   Secret(token), "metrics.example");
    }
};

net::Request get(std::vector<std::string> segments, bool from_loopback, const char* authorization) {
    net::Request request;
    request.method = "GET";
    for (const auto& segment : segments) request.path += "/" + segment;
    request.segments = std::move(segments);
    request.remote_is_loopback = from_loopback;
    request.headers.set("Host", "127.0.0.1:9841");
    if (*authorization != '\0') request.headers.set("Authorization", authorization);
    return request;
}

}  // namespace

TEST_CASE("other hosts show the token for all but health, this host needs none") {
    ApiLab lab;
    const Api with = lab.make("s3cret");
    const Api without = lab.make("");
    struct Case {
        const Api& api;
        std::vector<std::string> path;
        bool from_loopback;
        const char* authorization;
        int status;
    };
    const std::vector<std::string> metrics{"metrics"};
    const std::vector<std::string> alerts{"api", "v1", "alerts"};
    const std::vector<std::string> healthy{"-", "healthy"};
    const std::vector<std::string> ready{"-", "ready"};
    for (const Case& c : std::vector<Case>{
             {with, metrics, true, "", 200},
             {with, metrics, false, "", 401},
             {with, metrics, false, "Bearer s3cret", 200},
             {with, metrics, false, "Bearer s3cre", 401},
             {with, metrics, false, "Bearer s3cret ", 401},
             {with, metrics, false, "Basic s3cret", 401},
             {with, alerts, false, "", 401},
             {with, alerts, false, "Bearer s3cret", 200},
             {with, {"nothing", "here"}, false, "", 401},
             {with, healthy, false, "", 200},
             {with, ready, false, "", 200},
             {without, metrics, true, "", 200},
             {without, metrics, false, "", 401},
             {without, metrics, false, "Bearer ", 401},
             {without, healthy, false, "", 200},
         }) {
        INFO(c.path.back() << " " << c.from_loopback << " '" << c.authorization << "'");
        const auto response = c.api.handle(get(c.path, c.from_loopback, c.authorization));
        CHECK(response.status == c.status);
    }
    CHECK(with.handle(get(metrics, false, "")).headers.get("WWW-Authenticate") == "Bearer");
}

TEST_CASE("this host needs no token only when it asks for this host, and itself") {
    ApiLab lab;
    const Api api = lab.make("s3cret");
    struct Case {
        const char* host;
        const char* extra;
        const char* authorization;
        int status;
    };
    for (const Case& c :
         {Case{"localhost:9841", "", "", 200}, Case{"[::1]:9841", "", "", 200},
          Case{"metrics.example:9841", "", "", 200}, Case{"rebound.example:9841", "", "", 401},
          Case{"rebound.example:9841", "", "Bearer s3cret", 200},
          Case{"localhost", "X-Forwarded-For", "", 401}}) {
        CAPTURE(c.host, c.extra);
        net::Request request = get({"metrics"}, true, c.authorization);
        request.headers.set("Host", c.host);
        if (*c.extra != '\0') request.headers.set(c.extra, "203.0.113.9");
        const net::Response response = api.handle(request);
        CHECK(response.status == c.status);
        if (c.status == 401) CHECK_THAT(response.body, Catch::Contains("listen_token_file"));
    }
}
