// What /api/v1/query and query_range answer when something is wrong.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/api.h"
#include "base/core/clock.h"
#include "base/model/series.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

net::Response ask(rules::History& history, std::string path, std::vector<net::QueryParam> query) {
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    const Api api({.history = [&]() -> rules::History& { return history; },
                   .clock = clock,
                   .metrics = [](bool) { return std::string(); },
                   .rules = [] { return std::string(); },
                   .alerts = [] { return std::string(); },
                   .ready = [] { return true; },
                   .version = "1"},
                  Secret(""), "metrics.example");
    net::Request request;
    request.method = "GET";
    request.path = "/api/v1/" + path;
    request.segments = {"api", "v1", std::move(path)};
    request.query = std::move(query);
    request.remote_is_loopback = true;
    request.headers.set("Host", "127.0.0.1:9841");
    return api.handle(request);
}

bool says(const net::Response& response, int status, const std::string& type) {
    INFO(response.body);
    CHECK(response.status == status);
    CHECK(response.body.find("\"errorType\":\"" + type + "\"") != std::string::npos);
    return response.status == status;
}

}  // namespace

TEST_CASE("what fails in evaluating is 422 execution, what is wrong in the request 400 bad_data") {
    SeriesTable series;
    rules::History history{{}};
    const auto now = from_unix_ms(1'700'000'000'000);
    for (const char* name : {"a", "b"}) {
        history.append(series.get(nullptr, Labels{{"__name__", name}}), now, 1);
    }
    struct Case {
        const char* query;
        int status;
        const char* type;
    };
    for (const auto& c :
         {Case{"abs({__name__=~\"a|b\"})", 422, "execution"},  // two series become one
          Case{"label_replace(a, \"x\", \"\", \"y\", \"(\")", 422, "execution"},
          Case{"count_over_time(a[1y:1ms])", 422, "execution"}, Case{"a +", 400, "bad_data"},
          Case{"sum(rate(a))", 400, "bad_data"}, Case{"", 400, "bad_data"}}) {
        INFO(c.query);
        CHECK(says(ask(history, "query", {{"query", c.query}}), c.status, c.type));
        CHECK(says(ask(history, "query_range",
                       {{"query", c.query},
                        {"start", "1699999990"},
                        {"end", "1700000000"},
                        {"step", "1"}}),
                   c.status, c.type));
    }
    CHECK(says(ask(history, "query", {{"query", "a"}, {"time", "soon"}}), 400, "bad_data"));
    CHECK(says(ask(history, "query_range",
                   {{"query", "a[5m]"}, {"start", "0"}, {"end", "60"}, {"step", "15"}}),
               400, "bad_data"));
    CHECK(ask(history, "query", {{"query", "a"}}).status == 200);
}
