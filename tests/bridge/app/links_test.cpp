// One-tap links against a whole bridge: reading one does nothing, its page's button does.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <mutex>
#include <string>

#include "base/net/file.h"
#include "bridge/app/link_key.h"
#include "bridge/notify/link.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kConfig =
    "people:\n  - {name: li.na, display: Li Na, pin_file: TOKENS/pin}\n"
    "access:\n  tokens:\n"
    "    - {name: li.na, token_file: TOKENS/li, role: responder}\n"
    "    - {name: screen, token_file: TOKENS/screen, role: viewer}\n"
    "routes:\n  - {}\n";

struct LinkLab {
    tocsin::test::FixtureTree secrets;
    std::unique_ptr<RunningApp> app;
    Secret key;
    std::string incident;

    explicit LinkLab(LoopbackWithoutToken loopback = LoopbackWithoutToken::kAdmit) {
        for (const char* name : {"li", "screen"}) {
            REQUIRE(net::write_file_atomic(secrets.at(name), std::string("token-") + name, 0600));
        }
        REQUIRE(net::write_file_atomic(secrets.at("pin"), "271828\n", 0600));
        std::string config = kConfig;
        for (auto at = config.find("TOKENS"); at != std::string::npos; at = config.find("TOKENS")) {
            config.replace(at, 6, secrets.root());
        }
        app = std::make_unique<RunningApp>(config, loopback);
        key = net::read_secret(app->tree.at("link.key")).value();
        REQUIRE(app->request("POST", "/api/v2/alerts",
                             R"([{"labels": {"alertname": "DiskFull <b>", "host": "web-1",
                                  "severity": "critical"}}])",
                             "token-li")
                    .status == 200);
        REQUIRE(eventually([&] { return !incidents().empty(); }));
        incident = std::string(incidents().at(0).at("key").as_string());
    }
    boost::json::array incidents() const {
        const auto answer = app->request("GET", "/api/v1/incidents?state=all", "", "token-li");
        return boost::json::parse(answer.body).at("incidents").as_array();
    }
    std::string state() const { return std::string(incidents().at(0).at("state").as_string()); }
    std::string path(ActionKind action, const std::string& person, Duration valid = 1h) const {
        const SystemClock clock;
        return link_path(key, {incident, action, person, clock.now() + valid});
    }
    // As a browser posts a form.
    net::Response post(const std::string& path, const std::string& form = "") const {
        net::ClientRequest request;
        request.method = "POST";
        request.url = "http://127.0.0.1:" + std::to_string(app->port) + path;
        request.body = form;
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        auto response = net::fetch(request);
        REQUIRE(response);
        return std::move(response).value();
    }
    net::Response get(const std::string& path, const std::string& language = "",
                      const std::string& method = "GET") const {
        net::ClientRequest request;
        request.method = method;
        request.url = "http://127.0.0.1:" + std::to_string(app->port) + path;
        if (!language.empty()) request.headers.set("Accept-Language", language);
        auto response = net::fetch(request);
        REQUIRE(response);
        return std::move(response).value();
    }
};

}  // namespace

TEST_CASE("the key is made at the first start, for its owner alone, and kept") {
    const LinkLab lab;
    struct stat status {};
    REQUIRE(::stat(lab.app->tree.at("link.key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(lab.key.reveal().size() >= 32);
    CHECK(load_link_key(lab.app->tree.at("link.key")).value().reveal() == lab.key.reveal());
    ::chmod(lab.app->tree.at("link.key").c_str(), 0644);
    const auto open = load_link_key(lab.app->tree.at("link.key"));
    REQUIRE_FALSE(open);
    CHECK_THAT(open.error().message, Contains("links.key_file"));
}

TEST_CASE("a preview acknowledges nothing, the page's button does") {
    const LinkLab lab(LoopbackWithoutToken::kRefuse);
    const std::string link = lab.path(ActionKind::kAcknowledge, "li.na");
    for (const char* method : {"GET", "HEAD", "GET"}) {
        CHECK(lab.get(link, "", method).status == 200);
        CHECK(lab.state() == "triggered");
    }
    const net::Response page = lab.get(link);
    CHECK_THAT(page.body, Contains("Acknowledge this incident?") && Contains("<form method") &&
                              Contains("DiskFull &lt;b&gt;") && Contains("You are li.na.") &&
                              !Contains("<script") && !Contains("name=\"token\""));
    CHECK_THAT(std::string(page.headers.get("Content-Security-Policy")),
               Contains("default-src 'none'"));
    CHECK(page.headers.get("Referrer-Policy") == "no-referrer");
    CHECK(page.headers.get("Cache-Control") == "no-store");
    CHECK_THAT(lab.get(link, "zh-CN,zh;q=0.9,en;q=0.8").body,
               Contains("认领该事件？") && Contains("lang=\"zh-CN\""));
    CHECK(lab.state() == "triggered");

    const net::Response done = lab.post(link);
    CHECK(done.status == 200);
    CHECK_THAT(done.body, Contains("You have acknowledged " + lab.incident));
    CHECK(lab.state() == "acknowledged");
    CHECK(lab.incidents().at(0).at("assignee") == "li.na");
    // Again, and on another's page: said, and nothing else.
    CHECK_THAT(lab.get(lab.path(ActionKind::kAcknowledge, "li.na")).body, Contains("lang=\"en\""));
    const net::Response resolved = lab.post(lab.path(ActionKind::kResolve, "li.na"));
    CHECK(resolved.status == 200);
    CHECK(lab.state() == "resolved");
    CHECK(lab.post(link).status == 409);
    CHECK(lab.state() == "resolved");
    CHECK_THAT(lab.get(link).body, Contains("Nothing was changed") && !Contains("<form"));
}

TEST_CASE("changed, expired and foreign links do nothing") {
    const LinkLab lab;
    const std::string good = lab.path(ActionKind::kAcknowledge, "li.na");
    std::string changed = good;
    changed.back() = changed.back() == '0' ? '1' : '0';
    std::string other = good;
    other.replace(other.find("acknowledge"), 11, "resolve");
    const std::string stranger =
        link_path(Secret("another key"),
                  {lab.incident, ActionKind::kAcknowledge, "li.na", SystemClock().now() + 1h});
    const std::string late = lab.path(ActionKind::kAcknowledge, "li.na", -1s);
    struct Case {
        const char* what;
        std::string path;
        int status;
    };
    for (const Case& c : {Case{"changed", changed, 404}, Case{"another action", other, 404},
                          Case{"another key", stranger, 404}, Case{"expired", late, 410}}) {
        INFO(c.what);
        CHECK(lab.get(c.path).status == c.status);
        CHECK(lab.post(c.path).status == c.status);
        CHECK_THAT(lab.get(c.path).body, !Contains("<form") && !Contains("DiskFull"));
    }
    CHECK(lab.post(lab.path(ActionKind::kAcknowledge, "gone")).status == 403);
    CHECK(lab.state() == "triggered");
}

TEST_CASE("whoever reported it confirms, or says that it is not fixed, though nobody knows them") {
    const LinkLab lab;
    REQUIRE(lab.post(lab.path(ActionKind::kResolve, "li.na")).status == 200);
    REQUIRE(lab.state() == "resolved");
    CHECK_THAT(lab.get(lab.path(ActionKind::kReopen, "ms.wu"), "zh-CN").body,
               Contains("问题仍未解决") && Contains("<form"));
    CHECK(lab.post(lab.path(ActionKind::kReopen, "ms.wu")).status == 200);
    CHECK(lab.state() != "resolved");
    REQUIRE(lab.post(lab.path(ActionKind::kResolve, "li.na")).status == 200);
    REQUIRE(lab.app
                ->request("POST", "/api/v2/alerts",
                          R"([{"labels": {"alertname": "DiskFull <b>", "host": "web-1",
                               "severity": "critical"}, "endsAt": "2026-01-01T00:00:00Z"}])",
                          "token-li")
                .status == 200);
    const auto done = lab.post(lab.path(ActionKind::kConfirm, "ms.wu"));
    CHECK(done.status == 200);
    const auto detail =
        lab.app->request("GET", "/api/v1/incidents/" + lab.incident, "", "token-li");
    CHECK(boost::json::parse(detail.body).at("confirmed_by") == "ms.wu");
}

TEST_CASE("a group's link asks who it is") {
    const LinkLab lab(LoopbackWithoutToken::kRefuse);
    const std::string link = lab.path(ActionKind::kAcknowledge, "");
    CHECK_THAT(lab.get(link).body,
               Contains("name=\"name\"") && Contains("type=\"password\"") && !Contains("You are"));
    for (const char* form :
         {"", "name=li.na", "name=li.na&token=wrong", "name=zhao.lei&token=token-li",
          "name=screen&token=token-screen", "name=system&token=token-li"}) {
        INFO(form);
        CHECK(lab.post(link, form).status == 403);
        CHECK(lab.state() == "triggered");
    }
    CHECK(lab.post(link, "name=li.na&token=token-li").status == 200);
    CHECK(lab.state() == "acknowledged");
}

TEST_CASE("a group's link takes the name and the PIN, and waits after five wrong ones") {
    const LinkLab lab(LoopbackWithoutToken::kRefuse);
    const std::string link = lab.path(ActionKind::kAcknowledge, "");
    CHECK_THAT(lab.get(link, "zh-CN").body, Contains("PIN 码"));
    CHECK(lab.post(link, "name=zhao.lei&token=271828").status == 403);
    CHECK(lab.post(link, "name=screen&token=271828").status == 403);
    const int wrong = GENERATE(4, 5);
    for (int i = 0; i < wrong; ++i) {
        CHECK(lab.post(link, "name=li.na&token=31415" + std::to_string(i)).status == 403);
    }
    CHECK(lab.state() == "triggered");
    const net::Response answer = lab.post(link, "name=li.na&token=271828");
    if (wrong == 4) {
        CHECK(answer.status == 200);
        CHECK(lab.incidents().at(0).at("assignee") == "li.na");
        return;
    }
    CHECK(answer.status == 429);
    CHECK(lab.state() == "triggered");
    CHECK(lab.post(link, "name=li.na&token=token-li").status == 200);
}

TEST_CASE("a PIN opens links and nothing else, and its file must be of its owner alone") {
    const LinkLab lab(LoopbackWithoutToken::kRefuse);
    CHECK(lab.app->request("GET", "/api/v1/incidents", "", "271828").status == 401);
    ::chmod(lab.secrets.at("pin").c_str(), 0644);
    CHECK_FALSE(lab.app->reload());
    REQUIRE(net::write_file_atomic(lab.secrets.at("pin"), "1234\n", 0600));
    const auto brief = lab.app->reload();
    REQUIRE_FALSE(brief);
    CHECK_THAT(brief.error().message, Contains("PIN of li.na") && !Contains("1234"));
}
