// Reports, bulk actions, merging and targets over loopback HTTP, as clients see them.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "base/net/file.h"
#include "running_app.h"

namespace json = boost::json;
using namespace tocsin;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kConfig = R"(
people:
  - {name: li.na, contacts: [{channel: hook}]}
teams: [{name: web, members: [li.na], lead: li.na}]
policies: [{name: web, response: [{tell: [person:li.na]}], resolution: {50%: [lead:web]}}]
channels: [{name: hook, type: webhook, url: "http://127.0.0.1:1/"}]
services: [{name: shop, tier: "1", owner: web, match: ['service="shop"']}]
calendars: {office: {weekdays: "mon-fri 09:00-18:00"}}
sla:
  P1: {respond: 15m, resolve: 4h}
  P2: {respond: 30m, resolve: 8h, calendar: office}
pending: {reasons: {vendor: {pauses_at_most: 5d}}}
routes: [{team: web, policy: web}]
)";

std::string report(const RunningApp& app, const std::string& body) {
    const net::Response answer = app.post("/api/v1/incidents", body);
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return text(json::parse(answer.body), "/key");
}

}  // namespace

TEST_CASE("a report is an incident with its reporter, its priority and its targets") {
    const RunningApp app(kConfig);
    const std::string key = report(app, R"({"symptom": "The shop is down", "reporter": "ms.wu",
        "contact": {"channel": "hook", "address": "http://127.0.0.1:1/wu"}, "service": "shop",
        "urgency": "high", "since": "2026-11-25T08:00:00Z", "category": "application"})");
    const json::value detail = app.json("/api/v1/incidents/" + key);
    CHECK(text(detail, "/title") == "The shop is down");
    CHECK(text(detail, "/priority") == "P1");
    CHECK(text(detail, "/type") == "incident");
    CHECK(text(detail, "/category") == "application");
    CHECK(text(detail, "/reporter/name") == "ms.wu");
    CHECK_FALSE(detail.at("reporter").as_object().contains("address"));
    CHECK(text(detail, "/since") == "2026-11-25T08:00:00.000Z");
    CHECK(text(detail, "/service") == "shop");
    CHECK(text(detail, "/dedup_key").empty());
    CHECK(text(detail, "/sla/response/state") == "running");
    CHECK(text(detail, "/sla/response/target") == "15m");
    CHECK(text(detail, "/sla/resolution/target") == "4h");
    CHECK(text(detail, "/sla/resolution/calendar") == "7x24");
    const auto opened = parse_rfc3339(text(detail, "/opened_at")).value();
    CHECK(text(detail, "/sla/response/due") == format_rfc3339(opened + 15min));
    CHECK(text(detail, "/timeline/0/kind") == "reported");

    const net::Response done = app.post("/api/v1/incidents/" + key + "/resolve",
                                        R"({"actor": "li.na", "cause": "change",
                                            "solution": "rolled back", "proof": "a sale at 09:12"})");
    CHECK(done.status == 200);
    const json::value after = app.json("/api/v1/incidents/" + key);
    CHECK(text(after, "/sla/response/state") == "met");
    CHECK(text(after, "/sla/resolution/state") == "met");
    CHECK(text(after, "/cause") == "change");
    CHECK(text(after, "/proof") == "a sale at 09:12");
    CHECK(app.post("/api/v1/incidents/" + key + "/confirm",
                   R"({"actor": "ms.wu", "satisfaction": 5, "text": "quick"})")
              .status == 200);
    CHECK(text(app.json("/api/v1/incidents/" + key), "/satisfaction") == "5");
}

TEST_CASE("a report that is wrong says what is wrong with it") {
    const RunningApp app(kConfig);
    struct Case {
        std::string body;
        std::string message;
    };
    for (const Case& c : std::vector<Case>{
             {"{}", "symptom"},
             {R"({"symptom": "two\nlines"})", "one line"},
             {R"({"symptom": "x", "impact": "huge"})", "must be one of low, medium, high"},
             {R"({"symptom": "x", "type": "wish"})", "must be incident or request"},
             {R"({"symptom": "x", "contact": {"channel": "hook"}})", "needs both"},
             {R"({"symptom": "x", "contact": {"phone": "1", "fax": "2"}})",
              "field \"contact.phone\""},
             {R"({"symptom": "x", "contact": 7})", "field \"contact\""},
             {R"({"symptom": "x", "floor": 3})", "field \"floor\": is not one that there is"},
             {R"({"symptom": "x", "when": "yesterday"})", "field \"when\""},
             {R"({"symptom": "x", "when": "2026-11-25T08:00:00Z",
                  "since": "2026-11-25T09:00:00Z"})",
              "says something else than \"since\""},
             {R"({"symptom": "x", "labels": {"a-b": "c"}})", "no label name"},
             {R"({"symptom": "x", "actor": "system"})", "the bridge's own name"},
         }) {
        const net::Response answer = app.post("/api/v1/incidents", c.body);
        INFO(c.body);
        CHECK(answer.status == 400);
        CHECK_THAT(answer.body,
                   Contains(json::serialize(json::string(c.message))
                                .substr(1, json::serialize(json::string(c.message)).size() - 2)));
    }
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().empty());
}

TEST_CASE("a contact that no channel serves is kept for people to use, and never sent to") {
    const RunningApp app(kConfig);
    struct Case {
        std::string contact;
        std::string kept;
        std::string channel = "null";
    };
    for (const Case& c : std::vector<Case>{
             {R"("8123, desk 4")", "8123, desk 4"},
             {R"({"phone": "8123"})", "phone 8123"},
             {R"({"channel": "phone", "address": "8123"})", "phone 8123"},
             // Where programs are is the file's business, not a reporter's.
             {R"({"hook": "http://127.0.0.1:1/wu"})", "hook http://127.0.0.1:1/wu"},
         }) {
        INFO(c.contact);
        const net::Response answer =
            app.post("/api/v1/incidents", R"({"symptom": "x", "reporter": "ms.wu", "contact": )" +
                                              c.contact + R"(, "when": "2026-11-25T08:00:00Z"})");
        REQUIRE(answer.status == 201);
        const json::value acted = json::parse(answer.body);
        const std::string key = text(acted, "/key");
        const json::value detail = app.json("/api/v1/incidents/" + key);
        CHECK(text(detail, "/reporter/contact") == c.kept);
        CHECK(text(detail, "/reporter/channel") == c.channel);
        CHECK(text(detail, "/since") == "2026-11-25T08:00:00.000Z");
        const json::value& data = detail.at_pointer("/timeline/0/data");
        CHECK(data.as_object().contains("contact") == (c.channel == "null"));
        const std::string messages = app.get("/api/v1/effects?incident=" + key).body;
        CHECK((messages.find("ms.wu") != std::string::npos) == (c.channel == "hook"));
    }
}

TEST_CASE("in bulk each is answered by itself, a refusal says what is possible") {
    const RunningApp app(kConfig);
    const std::string first = report(app, R"({"symptom": "one"})");
    const std::string second = report(app, R"({"symptom": "two"})");
    CHECK(app.post("/api/v1/incidents/" + second + "/resolve", R"({"actor": "li.na"})").status ==
          200);
    const json::value answer =
        json::parse(app.post("/api/v1/incidents/bulk",
                             R"({"action": "acknowledge", "actor": "li.na", "keys": [")" + first +
                                 R"(", ")" + second + R"(", "INC-2020-000001"]})")
                        .body);
    REQUIRE(answer.at("results").as_array().size() == 3);
    CHECK(text(answer, "/results/0/done") == "true");
    CHECK(text(answer, "/results/0/state") == "acknowledged");
    CHECK(text(answer, "/results/1/done") == "false");
    CHECK(text(answer, "/results/1/error/code") == "conflict");
    CHECK_THAT(text(answer, "/results/1/error/detail/possible"), Contains("confirm"));
    CHECK(text(answer, "/results/2/error/code") == "not_found");
    for (const char* body :
         {R"({"action": "dance", "keys": ["a"]})", R"({"action": "merge", "keys": ["a"]})",
          R"({"action": "note", "keys": []})", R"({"keys": ["a"]})"}) {
        INFO(body);
        CHECK(app.post("/api/v1/incidents/bulk", body).status == 400);
    }
}

TEST_CASE("merge and link show where an incident went on") {
    const RunningApp app(kConfig);
    const std::string first = report(app, R"({"symptom": "one"})");
    const std::string second = report(app, R"({"symptom": "two"})");
    const std::string path = "/api/v1/incidents/" + second;
    CHECK_THAT(app.post(path + "/merge", "{}").body, Contains(R"(field \"into\": is needed)"));
    CHECK(app.post(path + "/link", R"({"link": "https://wiki.example/two", "text": "wiki"})")
              .status == 200);
    CHECK(app.post(path + "/merge", R"({"into": ")" + first + R"("})").status == 200);
    const json::value loser = app.json(path);
    CHECK(text(loser, "/state") == "closed");
    CHECK(text(loser, "/successor") == first);
    CHECK(text(loser, "/links/0/title") == "wiki");
    const json::value survivor = app.json("/api/v1/incidents/" + first);
    CHECK_THAT(text(survivor, "/links/0/url"), Contains("/incidents/" + second));
    CHECK(app.post(path + "/merge", R"({"into": ")" + first + R"("})").status == 409);
    CHECK(app.post("/api/v1/incidents/" + first + "/merge", R"({"into": "INC-2020-000009"})")
              .status == 404);
}

TEST_CASE(
    "a token of the role reporter reports in its own name, confirms and rates that, no more") {
    const tocsin::test::FixtureTree tokens;
    for (const char* name : {"form", "desk"}) {
        REQUIRE(net::write_file_atomic(tokens.at(name), std::string(name) + "-secret\n", 0600));
    }
    const RunningApp app(
        "access:\n  tokens:\n    - {name: form, role: reporter, token_file: " + tokens.at("form") +
            "}\n    - {name: desk, role: responder, token_file: " + tokens.at("desk") + "}\n",
        bridge::LoopbackWithoutToken::kRefuse);
    const auto as = [&](const std::string& token, const std::string& path,
                        const std::string& body) { return app.request("POST", path, body, token); };
    const net::Response made = as("form-secret", "/api/v1/incidents", R"({"symptom": "one"})");
    REQUIRE(made.status == 201);
    const std::string path = "/api/v1/incidents/" + text(json::parse(made.body), "/key");
    CHECK(
        as("form-secret", "/api/v1/incidents", R"({"symptom": "x", "reporter": "li.na"})").status ==
        400);
    CHECK(as("form-secret", path + "/acknowledge", "{}").status == 403);
    CHECK(app.request("GET", "/api/v1/incidents", "", "form-secret").status == 403);
    CHECK(as("form-secret", path + "/note", R"({"text": "internal"})").status == 409);
    CHECK(as("form-secret", path + "/note", R"({"text": "more of it", "public": true})").status ==
          200);
    CHECK(as("desk-secret", path + "/note", R"({"text": "between ourselves"})").status == 200);
    CHECK(as("desk-secret", path + "/resolve",
             R"({"text": "our own mistake", "cause": "human", "solution": "hidden"})")
              .status == 200);
    const net::Response own = app.request("GET", path, "", "form-secret");
    REQUIRE(own.status == 200);
    CHECK_THAT(own.body, Catch::Contains("more of it"));
    for (const char* internal : {"between ourselves", "our own mistake", "hidden", "human"}) {
        CHECK_THAT(own.body, !Catch::Contains(internal));
    }
    CHECK(as("form-secret", path + "/rate", R"({"satisfaction": 4})").status == 200);
    CHECK(as("form-secret", path + "/confirm", "{}").status == 200);

    const net::Response other = as("desk-secret", "/api/v1/incidents", R"({"symptom": "two"})");
    const std::string theirs = "/api/v1/incidents/" + text(json::parse(other.body), "/key");
    CHECK(as("desk-secret", theirs + "/resolve", "{}").status == 200);
    CHECK(as("form-secret", theirs + "/confirm", "{}").status == 409);
    CHECK(app.request("GET", theirs, "", "form-secret").status == 403);
}

TEST_CASE("a refusal is in the language that is asked for, else in the bridge's own") {
    const tocsin::test::FixtureTree tokens;
    REQUIRE(net::write_file_atomic(tokens.at("viewer"), "secret\n", 0600));
    const std::string access =
        "access:\n  tokens:\n    - {name: v, role: viewer, token_file: " + tokens.at("viewer") +
        "}\n";
    struct Case {
        const char* config;
        const char* asked;
        bool chinese;
    };
    for (const Case& c :
         {Case{"", "zh-CN,zh;q=0.9", true}, Case{"", "", false},
          Case{"language: zh-CN\n", "", true}, Case{"language: zh-CN\n", "en", false},
          Case{"language: zh-CN\n", "de", true}}) {
        CAPTURE(c.config, c.asked);
        const RunningApp app(kConfig + access + c.config);
        std::string method = "POST";
        std::string type = "application/json";
        const auto refused = [&](const std::string& path, const std::string& body,
                                 const std::string& token = "") {
            net::ClientRequest request;
            request.method = method;
            request.url = "http://127.0.0.1:" + std::to_string(app.port) + path;
            request.body = body;
            request.headers.set("Content-Type", type);
            if (*c.asked != '\0') request.headers.set("Accept-Language", c.asked);
            if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
            const net::Response response = net::fetch(request).value();
            const json::value error = json::parse(response.body).at("error");
            return std::to_string(response.status) + " " + text(error, "/code") + " " +
                   text(error, "/message");
        };
        const std::string key = report(app, R"({"symptom": "Slow", "reporter": "ms.wu"})");
        const std::string path = "/api/v1/incidents/" + key;
        CHECK(refused(path + "/close", R"({"actor": "li.na"})") ==
              (c.chinese
                   ? "409 conflict 无法关闭：该事件待认领；目前可以：认领、解决、指派、退回、"
                     "备注、升级、暂缓提醒、改优先级、关注、取消关注、关联、宣布重大事件、合并、"
                     "拆分"
                   : "409 conflict close is not possible while the incident is triggered; "
                     "possible: acknowledge, resolve, assign, decline, note, escalate, "
                     "snooze, priority, watch, unwatch, link, major, merge, split"));
        CHECK(
            refused(path + "/assign", R"({"actor": "li.na", "person": "who"})") ==
            (c.chinese ? "422 invalid 没有名为“who”的人" : "422 invalid nobody is named \"who\""));
        CHECK(refused(path + "/silence", R"({"actor": "li.na"})") ==
              (c.chinese ? "409 conflict " + key + " 没有告警中的告警"
                         : "409 conflict nothing of " + key + " fires"));
        CHECK(refused(path + "/note", R"({"text": "x"})", "secret") ==
              (c.chinese
                   ? "403 forbidden 角色 viewer 没有此权限；请向管理员申请角色为 "
                     "reporter/responder/admin 的令牌（bridge.yml 的 access.tokens）"
                   : "403 forbidden the role viewer does not allow this; ask your admin for a "
                     "token of the role reporter/responder/admin (access.tokens in bridge.yml)"));
        CHECK(refused(path + "/note", R"({"text": "x"})", "wrong") ==
              (c.chinese ? "401 unauthorized 此处没有这个令牌"
                         : "401 unauthorized this token is not known here"));
        CHECK(refused("/api/v1/incidents/INC-2026-999999/note", R"({"text": "x"})") ==
              (c.chinese ? "404 not_found 没有事件 INC-2026-999999"
                         : "404 not_found there is no incident INC-2026-999999"));
        CHECK(refused(path + "/note", R"({"text": 5})") ==
              (c.chinese ? "400 invalid 字段“text”：须为文本"
                         : "400 invalid field \"text\": must be text"));
        const net::Response made =
            app.post("/api/v1/problems", R"({"title": "Leak", "actor": "li.na"})");
        const std::string problem = "/api/v1/problems/" + text(json::parse(made.body), "/key");
        CHECK(refused(problem + "/fix", R"({"actor": "li.na"})") ==
              (c.chinese ? "422 invalid 修复须填写永久修复：改了什么"
                         : "422 invalid fix needs the permanent fix: what was changed"));
        type = "text/plain";
        CHECK(refused(path + "/note", R"({"text": "x"})") ==
              (c.chinese ? "415 unsupported_media_type 请求内容须为 JSON：请发送“Content-Type: "
                           "application/json”"
                         : "415 unsupported_media_type the body must be JSON: send "
                           "\"Content-Type: application/json\""));
        method = "PUT";
        CHECK(refused(path + "/note", R"({"text": "x"})") ==
              (c.chinese ? "405 method_not_allowed 此路径不接受 PUT，可用的方法：POST"
                         : "405 method_not_allowed this path does not take PUT; it takes POST"));
    }
}
