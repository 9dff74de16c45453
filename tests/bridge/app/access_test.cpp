// Who is let in, and what a reload changes of it.
#include <catch2/catch.hpp>
#include <string>

#include "base/net/file.h"
#include "bridge/notify/link.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

void write_token(const std::string& path, const std::string& token) {
    if (!net::write_file_atomic(path, token + "\n", 0600)) throw std::runtime_error(path);
}

std::string token_config(const tocsin::test::FixtureTree& tokens) {
    std::string out = "access:\n  tokens:\n";
    for (const char* role : {"agent", "viewer", "responder", "admin"}) {
        write_token(tokens.at(role), std::string("secret-of-") + role);
        out += "    - {name: " + std::string(role) + "-1, role: " + role +
               ", token_file: " + tokens.at(role) + "}\n";
    }
    return out;
}

}  // namespace

TEST_CASE("without a token nothing but health and the page's files is served") {
    const RunningApp app("", LoopbackWithoutToken::kRefuse);
    CHECK(app.get("/-/healthy").status == 200);
    CHECK(app.get("/-/ready").status == 200);
    CHECK(app.get("/").status == 200);
    for (const char* path : {"/api/v1/incidents", "/api/v1/hosts", "/api/v1/events", "/metrics",
                             "/api/v2/alerts", "/api/v2/status"}) {
        CAPTURE(path);
        const net::Response refused = app.get(path);
        CHECK(refused.status == 401);
        CHECK(refused.headers.get("WWW-Authenticate") == "Bearer");
    }
    CHECK(app.post("/api/v2/alerts", "[]").status == 401);
}

TEST_CASE("loopback needs no token where the file says so, until a reload takes it back") {
    RunningApp app("access: {insecure_loopback: true}\n", LoopbackWithoutToken::kRefuse);
    CHECK(app.get("/api/v1/incidents").status == 200);
    app.tree.write("bridge.yml", "access: {insecure_loopback: false}\n");
    REQUIRE(app.reload());
    CHECK(app.get("/api/v1/incidents").status == 401);
}

TEST_CASE("a role may what it is for, and a wrong token nothing, even from loopback") {
    const tocsin::test::FixtureTree tokens;
    const RunningApp app(token_config(tokens), LoopbackWithoutToken::kAdmit);
    struct Case {
        const char* token;
        int list;
        int alerts;
        int note;
    };
    for (const Case& c :
         {Case{"secret-of-agent", 403, 200, 403}, Case{"secret-of-viewer", 200, 403, 403},
          Case{"secret-of-responder", 200, 200, 404}, Case{"secret-of-admin", 200, 200, 404},
          Case{"secret-of-nobody", 401, 401, 401}, Case{"", 200, 200, 404}}) {
        CAPTURE(c.token);
        CHECK(app.request("GET", "/api/v1/incidents", "", c.token).status == c.list);
        CHECK(app.request("POST", "/api/v2/alerts", "[]", c.token).status == c.alerts);
        CHECK(app.request("POST", "/api/v1/incidents/INC-2026-000009/note", R"({"text": "x"})",
                          c.token)
                  .status == c.note);
    }
}

TEST_CASE("a page that points its own name at loopback is refused, and told why") {
    const RunningApp app;
    tocsin::test::RawClient rebound(app.port);
    rebound.send("GET /api/v1/incidents HTTP/1.1\r\nHost: evil.example:" +
                 std::to_string(app.port) + "\r\n\r\n");
    CHECK_THAT(rebound.until("evil.example"), Contains("401") && Contains("Bearer"));
}

TEST_CASE("who acts is the token's name, whatever the body says") {
    const tocsin::test::FixtureTree tokens;
    const RunningApp app(token_config(tokens), LoopbackWithoutToken::kAdmit);
    app.alert("web-1", "warning");
    const auto list = app.json("/api/v1/incidents");
    const std::string key(list.at("incidents").at(0).at("key").as_string());
    app.request("POST", "/api/v1/incidents/" + key + "/acknowledge", R"({"actor": "mallory"})",
                "secret-of-responder");
    CHECK(app.json("/api/v1/incidents/" + key).at("assignee").as_string() == "responder-1");
}

TEST_CASE("a reload takes new tokens, a bad file is refused whole and the old one stays") {
    const tocsin::test::FixtureTree tokens;
    RunningApp app(token_config(tokens), LoopbackWithoutToken::kRefuse);
    CHECK(app.request("GET", "/api/v1/incidents", "", "secret-of-admin").status == 200);

    app.tree.write("bridge.yml", "language: en\nrouts: []\n");
    const Result<void> refused = app.reload();
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message,
               Contains("bridge.yml:2:") && Contains("routs") && Contains("routes"));
    CHECK(app.request("GET", "/api/v1/incidents", "", "secret-of-admin").status == 200);

    write_token(tokens.at("new"), "another-secret");
    app.tree.write("bridge.yml", "access: {tokens: [{name: new, role: viewer, token_file: " +
                                     tokens.at("new") + "}]}\n");
    REQUIRE(app.reload());
    CHECK(app.request("GET", "/api/v1/incidents", "", "secret-of-admin").status == 401);
    CHECK(app.request("GET", "/api/v1/incidents", "", "another-secret").status == 200);
}

TEST_CASE("a token file that others can read is refused at the start") {
    const tocsin::test::FixtureTree tokens;
    if (!net::write_file_atomic(tokens.at("open"), "secret\n", 0644)) FAIL("cannot write");
    tokens.write("bridge.yml", "access: {tokens: [{name: a, role: viewer, token_file: " +
                                   tokens.at("open") + "}]}\n");
    net::Loop loop;
    const SystemClock clock;
    Flags flags;
    flags.config_file = tokens.at("bridge.yml");
    flags.store = "sqlite:" + tokens.at("bridge.db");
    const auto refused = App::create(loop, clock, flags);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Contains(tokens.at("open")));
}

TEST_CASE("what a stop found queued is committed, and the next start goes on from it") {
    RunningApp app;
    for (int i = 0; i < 20; ++i) {
        REQUIRE(app.alert("web-" + std::to_string(i), "warning").status == 200);
    }
    app.stop();
    app.start();
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 20);
}

TEST_CASE("a responder of another team is answered 403 with whom to ask, and may note") {
    const tocsin::test::FixtureTree tokens;
    std::string config =
        "people:\n  - {name: li.na}\n  - {name: chen.yu}\n"
        "teams:\n  - {name: web, members: [li.na]}\n  - {name: dba, members: [chen.yu]}\n"
        "access:\n  tokens:\n";
    for (const char* name : {"li.na", "chen.yu"}) {
        REQUIRE(net::write_file_atomic(tokens.at(name), "secret-of-" + std::string(name), 0600));
        config += "    - {name: " + std::string(name) +
                  ", role: responder, token_file: " + tokens.at(name) + "}\n";
    }
    const RunningApp app(config + "routes: [{team: web}]\n", LoopbackWithoutToken::kAdmit);
    app.alert("web-1", "warning");
    const std::string key(
        app.json("/api/v1/incidents").at("incidents").at(0).at("key").as_string());
    const auto post = [&](const std::string& move, const std::string& who) {
        const std::string bulk = R"({"keys": [")" + key + R"("], "action": "resolve"})";
        return app.request("POST", "/api/v1/incidents/" + move,
                           move == "bulk" ? bulk : R"({"text": "x"})", "secret-of-" + who);
    };
    const net::Response refused = post(key + "/acknowledge", "chen.yu");
    CHECK(refused.status == 403);
    CHECK_THAT(refused.body, Contains("is team web's: ask li.na") && Contains("forbidden") &&
                                 Contains(R"("possible":["note","watch","unwatch","link"])"));
    CHECK_THAT(post("bulk", "chen.yu").body, Contains("forbidden"));
    CHECK(post(key + "/note", "chen.yu").status == 200);

    // By a group's link as well.
    const SystemClock clock;
    const Secret link_key = net::read_secret(app.tree.at("link.key")).value();
    const std::string link =
        link_path(link_key, {key, ActionKind::kAcknowledge, "", clock.now() + 1h});
    net::ClientRequest tap;
    tap.method = "POST";
    tap.url = "http://127.0.0.1:" + std::to_string(app.port) + link;
    tap.body = "name=chen.yu&token=secret-of-chen.yu";
    tap.headers.set("Content-Type", "application/x-www-form-urlencoded");
    const auto page = net::fetch(tap);
    REQUIRE(page);
    CHECK(page.value().status == 403);
    CHECK_THAT(page.value().body, Contains("another team"));
    CHECK(text(app.json("/api/v1/incidents/" + key), "/state") == "triggered");
    CHECK(post(key + "/acknowledge", "li.na").status == 200);
}
