// What Debian 12's Alertmanager (0.25.0) answered to the same requests, word for word.
#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/net/http.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge::test;
namespace json = boost::json;

namespace {

struct Case {
    std::string body;
    int status;
    std::string expected;  // how the answer begins
};

void check_posts(const RunningApp& app, const std::string& path, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.body);
        const net::Response answer = app.post(path, c.body);
        INFO(answer.body);
        CHECK(answer.status == c.status);
        CHECK(answer.body.substr(0, c.expected.size()) == c.expected);
    }
}

std::string alert_with(const std::string& more) {
    return R"([{"labels": {"alertname": "x"}, )" + more + "}]";
}

std::size_t count(const RunningApp& app, const std::string& path) {
    return app.json(path).as_array().size();
}

}  // namespace

TEST_CASE("alerts that cannot be are refused as Alertmanager refuses them") {
    const RunningApp app;
    const std::string unreadable =
        R"({"code":400,"message":"parsing alerts body from \"\" failed, )"
        "because ";
    const std::string late = R"("start time must be before end time")";
    const std::string unnamed = R"("at least one label pair required")";
    check_posts(
        app, "/api/v2/alerts",
        {
            {"[{}]", 422, R"({"code":602,"message":"0.labels in body is required"})"},
            {R"([{"labels": null}])", 422,
             R"({"code":602,"message":"0.labels in body is required"})"},
            {"", 422, R"({"code":602,"message":"alerts in body is required"})"},
            {" ", 422, R"({"code":602,"message":"alerts in body is required"})"},
            {"{}", 400, unreadable},
            {"{", 400, unreadable},
            {"[1]", 400, unreadable},
            {R"([{"labels": {"alertname": "x", "a": 1}}])", 400, unreadable},
            {alert_with(R"("startsAt": "yesterday")"), 400, unreadable},
            {alert_with(R"("annotations": "s")"), 400, unreadable},
            {alert_with(R"("generatorURL": 1)"), 400, unreadable},
            {R"([{"labels": {}}])", 400, unnamed},
            {R"([{"labels": {"a": ""}}])", 400, unnamed},
            {R"([{"labels": {"a-b": "c"}}])", 400, R"("invalid label set: invalid name \"a-b\"")"},
            {alert_with(R"("annotations": {"a-b": "c"})"), 400,
             R"("invalid annotations: invalid name \"a-b\"")"},
            {alert_with(R"("startsAt": "2040-01-01T00:00:00Z")"), 400, late},
            {alert_with(R"("startsAt": "2026-01-02T00:00:00Z",
                                   "endsAt": "2026-01-01T00:00:00Z")"),
             400, late},
            {alert_with(R"("generatorURL": "foo")"), 422,
             R"({"code":601,"message":"0.generatorURL in body must be of type uri: \"foo\""})"},
            {alert_with(R"("generatorURL": "not a url")"), 422,
             R"({"code":601,"message":"0.generatorURL in body must be of type uri: )"
             R"(\"not a url\""})"},
            {R"([{"generatorURL": "foo"}])", 422, R"({"code":601,)"},
            {R"([{"labels": {}}, {"labels": null},
                         {"labels": {"a": "b"}, "generatorURL": "foo"}])",
             422, R"({"code":602,"message":"1.labels in body is required"})"},
            {R"([{"labels": {"alertname": "x", "a": 1}}, {}])", 400, unreadable},
            {R"([{"labels": {"a-b": "c"}}, {"labels": {}},
                         {"labels": {"a": "b"}, "startsAt": "2040-01-01T00:00:00Z"}])",
             400,
             R"("invalid label set: invalid name \"a-b\"; at least one label pair required; )"
             R"(start time must be before end time")"},
        });
    CHECK(count(app, "/api/v2/alerts") == 0);
}

TEST_CASE("alerts that Alertmanager takes are taken") {
    const RunningApp app;
    check_posts(app, "/api/v2/alerts",
                {
                    {"null", 200, ""},
                    {"[]", 200, ""},
                    {alert_with(R"("startsAt": "")"), 200, ""},
                    {alert_with(R"("endsAt": "")"), 200, ""},
                    {alert_with(R"("startsAt": null, "endsAt": null)"), 200, ""},
                    {alert_with(R"("generatorURL": "")"), 200, ""},
                    {alert_with(R"("generatorURL": "/x")"), 200, ""},
                    {R"([{"labels": {"alertname": "x", "a": null, "a-b": ""}}])", 200, ""},
                });
    CHECK(count(app, "/api/v2/alerts") == 1);
    // One that is not costs no other, which is ours.
    CHECK(app.post("/api/v2/alerts", R"([{"labels": {"alertname": "y"}}, {}])").status == 422);
    CHECK(count(app, "/api/v2/alerts") == 2);
}

TEST_CASE("flags of a query are read as go-openapi reads them") {
    const RunningApp app;
    app.alert("web-1", "warning");
    for (const char* path : {"/api/v2/alerts", "/api/v2/alerts/groups"}) {
        for (const char* yes : {"TRUE", "t", "yes", "1", "", "ok", "y", "on", "selected", "checked",
                                "enabled", "Yes", "T"}) {
            CAPTURE(path, yes);
            CHECK(count(app, std::string(path) + "?active=" + yes) == 1);
        }
        for (const char* no : {"foo", "False", "0", "no", "%20true", "2"}) {
            CAPTURE(path, no);
            CHECK(count(app, std::string(path) + "?active=" + no) == 0);
        }
        CHECK(count(app, std::string(path) + "?silenced=foo&inhibited=foo&unprocessed=foo") == 1);
        CHECK(count(app, std::string(path) + "?active=false&active=true") == 1);
        CHECK(count(app, std::string(path) + "?active=true&active=false") == 0);
    }
}

TEST_CASE("what is wrong with a filter is said in Alertmanager's words") {
    const RunningApp app;
    struct Filter {
        std::string text;
        std::string expected;
    };
    for (const Filter& f : std::vector<Filter>{
             {R"(alertname="A)", R"(matcher value contains unescaped double quote: "A)"},
             {R"(a="b",c="d")", R"(matcher value contains unescaped double quote: "b",c="d")"},
             {R"(a="b"c")", R"(matcher value contains unescaped double quote: "b"c")"},
             {R"(a=b")", R"(matcher value contains unescaped double quote: b")"},
             {R"(a=="b")", R"(matcher value contains unescaped double quote: ="b")"},
             {R"(a=~"b",)", R"(matcher value contains unescaped double quote: "b",)"},
             {R"(a="\")", R"(matcher value contains unescaped double quote: "\")"},
             {"a", "bad matcher format: a"},
             {"=b", "bad matcher format: =b"},
             {"", "bad matcher format: "},
             {" ", "bad matcher format:  "},
             {R"(a-b="c")", R"(bad matcher format: a-b="c")"},
             {R"({a="b"})", R"(bad matcher format: {a="b"})"},
             {"a!b", "bad matcher format: a!b"},
             {"a=~(", "error parsing regexp: missing closing ): `^(?:()$`"},
             {R"(a=~"(")", "error parsing regexp: missing closing ): `^(?:()$`"},
             {"a=~[", "error parsing regexp: missing closing ]: `[)$`"},
         }) {
        for (const char* path : {"/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences"}) {
            CAPTURE(path, f.text);
            const net::Response answer =
                app.get(std::string(path) + "?filter=" + net::percent_encode(f.text));
            CHECK(answer.status == 400);
            CHECK(answer.body == json::serialize(json::string(f.expected)));
        }
    }
    for (const char* text : {"a=b", R"(a = "b" )", R"(a="b\x")", "a=b,c=d", "a=", "a=b}"}) {
        CAPTURE(text);
        CHECK(app.get(std::string("/api/v2/alerts?filter=") + net::percent_encode(text)).status ==
              200);
    }
    CHECK(
        app.get("/api/v2/alerts?receiver=%28").body ==
        R"("failed to parse receiver param: error parsing regexp: missing closing ): `^(?:()$`")");
}

TEST_CASE("a silence's body is read as Alertmanager reads it") {
    const RunningApp app;
    const auto silence = [](const std::string& matchers) {
        return R"({"matchers": )" + matchers + R"(, "startsAt": "2026-01-01T00:00:00Z", )" +
               R"("endsAt": "2090-01-01T00:00:00Z", "createdBy": "me", "comment": "c"})";
    };
    const std::string unreadable =
        R"({"code":400,"message":"parsing silence body from \"\" failed, because )";
    check_posts(
        app, "/api/v2/silences",
        {
            {silence(R"([{"name": "a", "value": "b", "isRegex": false, "isEqual": null}])"), 200,
             R"({"silenceID":)"},
            {silence(R"([{"name": "a", "value": "b", "isRegex": null}])"), 422,
             R"({"code":602,"message":"matchers.0.isRegex in body is required"})"},
            {silence(R"([{"name": "a", "value": "b", "isRegex": false, "isEqual": 1}])"), 400,
             unreadable},
            {silence(R"([{"name": "a", "value": "(", "isRegex": true}])"), 400,
             R"("silence invalid: invalid label matcher 0: invalid regular expression \"(\": )"
             R"(error parsing regexp: missing closing ): `(`")"},
            {silence("null"), 422, R"({"code":602,"message":"matchers in body is required"})"},
            {"", 422, R"({"code":602,"message":"silence in body is required"})"},
            {" ", 422, R"({"code":602,"message":"silence in body is required"})"},
            {"null", 422, R"({"code":602,"message":"comment in body is required"})"},
            {"[]", 400, unreadable},
            {"1", 400, unreadable},
            {"{", 400, unreadable},
        });
    const json::value silences = app.json("/api/v2/silences");
    REQUIRE(silences.as_array().size() == 1);
    CHECK(silences.at_pointer("/0/matchers/0/isEqual").as_bool());
}

TEST_CASE("what its framework answers is answered in its form") {
    const RunningApp app;
    struct Request {
        std::string method;
        std::string path;
        int status;
        std::string expected;
    };
    for (const Request& r : std::vector<Request>{
             {"GET", "/api/v2/nope", 404,
              R"({"code":404,"message":"path /api/v2/nope was not found"})"},
             {"POST", "/api/v2/nope?x=1", 404,
              R"({"code":404,"message":"path /api/v2/nope was not found"})"},
             {"GET", "/api/v2/no%20pe", 404,
              R"({"code":404,"message":"path /api/v2/no%20pe was not found"})"},
             {"GET", "/api/v2/silence/x/y", 404,
              R"({"code":404,"message":"path /api/v2/silence/x/y was not found"})"},
             {"POST", "/api/v2/status", 405,
              R"({"code":405,"message":"method POST is not allowed, but [GET] are"})"},
             {"DELETE", "/api/v2/alerts", 405,
              R"({"code":405,"message":"method DELETE is not allowed, but [POST,GET] are"})"},
             {"PUT", "/api/v2/silence/x", 405,
              R"({"code":405,"message":"method PUT is not allowed, but [GET,DELETE] are"})"},
         }) {
        CAPTURE(r.method, r.path);
        const net::Response answer = app.request(r.method, r.path);
        CHECK(answer.status == r.status);
        CHECK(answer.body == r.expected);
        CHECK(answer.headers.get("Content-Type").starts_with("application/json"));
    }
    struct Posted {
        std::string type;
        std::string body;
        int status;
        std::string expected;
    };
    const std::string only = R"(\", only [application/json] are allowed"})";
    const std::string bad = R"({"code":415,"message":"unsupported media type \")";
    for (const Posted& p : std::vector<Posted>{
             {"text/plain", "[]", 415, bad + "text/plain" + only},
             {"Application/XML; a=b", "[]", 415, bad + "application/xml" + only},
             {"", "[]", 415, bad + "application/octet-stream" + only},
             {"text/plain", "", 422, R"({"code":602,"message":"alerts in body is required"})"},
         }) {
        CAPTURE(p.type);
        tocsin::test::RawClient client(app.port);
        client.send("POST /api/v2/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + p.type +
                    "\r\nContent-Length: " + std::to_string(p.body.size()) + "\r\n\r\n" + p.body);
        const auto answer = client.response();
        CHECK(answer.status == p.status);
        CHECK(answer.body == p.expected);
    }
}

TEST_CASE("a group's labels are those of its route's group_by, after a merge too") {
    const RunningApp app(R"(
teams: [{name: dba, policy: db}]
people: [{name: li.na}]
policies: [{name: db, response: [{tell: [person:li.na]}]}]
routes:
  - {match: ['team="db"'], team: dba, policy: db, group_by: [cluster]}
  - {group_by: [alertname, site]}
)");
    REQUIRE(app.post("/api/v2/alerts", R"([
        {"labels": {"alertname": "Slow", "team": "db", "cluster": "c1", "host": "a"}},
        {"labels": {"alertname": "Down", "team": "db", "cluster": "c1", "host": "b"}},
        {"labels": {"alertname": "Slow", "team": "db", "cluster": "c2", "host": "c"}},
        {"labels": {"alertname": "Disk", "host": "d", "env": "prod"}}])")
                .status == 200);
    const auto groups = [&] {
        std::vector<std::string> out;
        const json::value all = app.json("/api/v2/alerts/groups");
        for (const json::value& group : all.as_array()) {
            out.push_back(text(group, "/receiver/name") + json::serialize(group.at("labels")) +
                          std::to_string(group.at("alerts").as_array().size()));
        }
        std::sort(out.begin(), out.end());
        return out;
    };
    // Alertmanager's own answer, with these routes and a receiver called as the policy is.
    const std::vector<std::string> expected = {R"(db{"cluster":"c1"}2)", R"(db{"cluster":"c2"}1)",
                                               R"(page{"alertname":"Disk"}1)"};
    CHECK(groups() == expected);
    std::vector<std::string> keys;
    const json::value list = app.json("/api/v1/incidents?label=team%3Ddb");
    for (const json::value& one : list.at("incidents").as_array()) {
        keys.push_back(text(one, "/key"));
    }
    REQUIRE(keys.size() == 2);
    REQUIRE(app.post("/api/v1/incidents/" + keys[0] + "/merge", R"({"into": ")" + keys[1] + "\"}")
                .status == 200);
    CHECK(groups() == expected);
}
