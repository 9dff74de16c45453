// What /api/v1/query and query_range answer when something is wrong.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/api.h"
#include "base/core/clock.h"
#include "base/core/strings.h"
#include "base/model/series.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

net::Response ask(rules::History& history, std::string path, std::vector<net::QueryParam> query) {
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    const Api api({.history = [&]() -> rules::History& { return history; },
                   .clock = clock,
                   .metrics = [](bool) { return std::string(); },
                   .rules =
                       [](RuleKinds kinds) {
                           if (kinds == RuleKinds::kAll) return std::string("[0]");
                           return std::string(kinds == RuleKinds::kAlert ? "[1]" : "[2]");
                       },
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

// Prometheus 2.42, web/api/v1/api.go, rules().
TEST_CASE("rules are asked for by their type, and what is no type is 400") {
    rules::History history{{}};
    const auto of_type = [&](const char* type) { return ask(history, "rules", {{"type", type}}); };
    const auto data = [](const char* json) {
        return std::string(R"({"status":"success","data":)") + json + "}";
    };
    CHECK(ask(history, "rules", {}).body == data("[0]"));
    CHECK(of_type("").body == data("[0]"));
    CHECK(of_type("alert").body == data("[1]"));
    CHECK(of_type("Record").body == data("[2]"));
    const auto wrong = of_type("nosuch");
    CHECK(says(wrong, 400, "bad_data"));
    CHECK(wrong.body.find(R"(invalid parameter \"type\": not supported value \"nosuch\")") !=
          std::string::npos);
}

TEST_CASE("an answer is valid UTF-8 whatever the query holds") {
    rules::History history{{}};
    CHECK(ask(history, "query", {{"query", "\"a\\xffb\""}, {"time", "0"}}).body ==
          R"({"status":"success","data":{"resultType":"string","result":[0,"a)"
          "\xEF\xBF\xBD"
          R"(b"]}})");
    const auto refused = ask(history, "query", {{"query", "up{a=\"\xff"}});
    CHECK(says(refused, 400, "bad_data"));
    CHECK(is_valid_utf8(refused.body));
}
