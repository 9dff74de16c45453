// `tocsin problems`, `reviews` and `articles`: what they ask the bridge, and what they print.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <sstream>

#include "bridge/knowledge/record.h"
#include "cli/run.h"
#include "ran.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using Catch::Matchers::Contains;
namespace json = boost::json;
namespace net = tocsin::net;

namespace {

struct Ran {
    int status;
    std::string out;
    std::string err;
    std::string asked;  // method and path
    json::value body;
};

// A bridge that gives one answer and remembers what it was asked.
Ran against(int status, const std::string& answer, std::vector<std::string> args) {
    Ran ran{};
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            ran.asked = request.method + " " + request.path;
            for (const char* name : {"state", "incident", "owner", "q", "limit"}) {
                if (const auto value = request.param(name); !value.empty()) {
                    ran.asked += std::string(" ") + name + "=" + std::string(value);
                }
            }
            if (!request.body.empty()) ran.body = json::parse(request.body);
            reply.send(net::Response::json(status, answer));
        });
    args.insert(args.begin(), {"--bridge", bridge.url(""), "--as", "li.na"});
    std::ostringstream out;
    std::ostringstream err;
    ran.status = run(std::move(args), out, err);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
}

}  // namespace

TEST_CASE("every command asks for its move, with what it was given") {
    struct Case {
        std::vector<std::string> args;
        std::string asked;
        std::string body;
    };
    const std::string p = "PRB-2026-000001";
    const std::string r = "REV-2026-000001";
    const std::string a = "ART-2026-000001";
    for (const Case& c : std::vector<Case>{
             {{"problems", "add", "Disk fills", "--incident", "INC-1", "--incident", "INC-2"},
              "POST /api/v1/problems",
              R"({"title": "Disk fills", "incidents": ["INC-1", "INC-2"]})"},
             {{"problems", "open", p}, "POST /api/v1/problems/" + p + "/open", "{}"},
             {{"problems", "reject", p, "a test"},
              "POST /api/v1/problems/" + p + "/reject",
              R"({"text": "a test"})"},
             {{"problems", "known-error", p, "--workaround", "make room", "--root-cause", "logs"},
              "POST /api/v1/problems/" + p + "/known_error",
              R"({"workaround": "make room", "root_cause": "logs"})"},
             {{"problems", "fix", p, "--fix", "rotate"},
              "POST /api/v1/problems/" + p + "/fix",
              R"({"fix": "rotate"})"},
             {{"problems", "close", p}, "POST /api/v1/problems/" + p + "/close", "{}"},
             {{"problems", "edit", p, "--owner", "boss", "--title", "T"},
              "POST /api/v1/problems/" + p + "/edit",
              R"({"owner": "boss", "title": "T"})"},
             {{"problems", "note", p, "x"},
              "POST /api/v1/problems/" + p + "/note",
              R"({"text": "x"})"},
             {{"problems", "link", p, "INC-1", "INC-2"},
              "POST /api/v1/problems/" + p + "/link",
              R"({"incidents": ["INC-1", "INC-2"]})"},
             {{"problems", "unlink", p, "INC-1"},
              "POST /api/v1/problems/" + p + "/unlink",
              R"({"incidents": ["INC-1"]})"},
             {{"reviews", "add", "INC-1", "--owner", "boss", "--for", "3d"},
              "POST /api/v1/reviews",
              R"({"about": "INC-1", "owner": "boss", "for": "3d"})"},
             {{"reviews", "action", r, "add disk", "--owner", "cto", "--due", "2026-12-01"},
              "POST /api/v1/reviews/" + r + "/action",
              R"({"text": "add disk", "owner": "cto", "due_at": "2026-12-01T00:00:00.000Z"})"},
             {{"reviews", "add", "INC-1", "--due", "2026-12-01 09:00"},
              "POST /api/v1/reviews",
              R"({"about": "INC-1", "due_at": "2026-12-01T09:00:00.000Z"})"},
             {{"reviews", "edit", r, "--due", "2026-12-01T08:00:00+08:00", "--cause", "a",
               "--cause", "b"},
              "POST /api/v1/reviews/" + r + "/edit",
              R"({"due_at": "2026-12-01T00:00:00.000Z", "causes": ["a", "b"]})"},
             {{"reviews", "action", r, "rotate", "--owner", "boss"},
              "POST /api/v1/reviews/" + r + "/action",
              R"({"text": "rotate", "owner": "boss"})"},
             {{"reviews", "action-done", r, "2"},
              "POST /api/v1/reviews/" + r + "/action_done",
              R"({"number": 2})"},
             {{"reviews", "done", r, "--cause", "a"},
              "POST /api/v1/reviews/" + r + "/done",
              R"({"causes": ["a"]})"},
             {{"reviews", "reopen", r, "more"},
              "POST /api/v1/reviews/" + r + "/reopen",
              R"({"text": "more"})"},
             {{"reviews", "note", r, "x"},
              "POST /api/v1/reviews/" + r + "/note",
              R"({"text": "x"})"},
             {{"reviews", "link", r, "INC-1"},
              "POST /api/v1/reviews/" + r + "/link",
              R"({"incidents": ["INC-1"]})"},
             {{"reviews", "unlink", r, "INC-1"},
              "POST /api/v1/reviews/" + r + "/unlink",
              R"({"incidents": ["INC-1"]})"},
             {{"articles", "keep", "INC-1", "--match", "site=\"bj\""},
              "POST /api/v1/articles",
              R"({"incident": "INC-1", "match": ["site=\"bj\""]})"},
             {{"articles", "withdraw", a, "old"},
              "POST /api/v1/articles/" + a + "/withdraw",
              R"({"text": "old"})"},
             {{"articles", "publish", a}, "POST /api/v1/articles/" + a + "/publish", "{}"},
             {{"articles", "note", a, "x"},
              "POST /api/v1/articles/" + a + "/note",
              R"({"text": "x"})"},
         }) {
        INFO(c.asked);
        const Ran ran = against(200, R"({"key": "K-1", "result": "is so"})", c.args);
        INFO(ran.err);
        CHECK(ran.status == kDone);
        CHECK(ran.asked == c.asked);
        json::value expected = json::parse(c.body);
        expected.as_object()["actor"] = "li.na";
        CHECK(ran.body == expected);
        const bool makes = c.asked.find('-') == std::string::npos;
        CHECK(ran.out == (makes ? "K-1\n" : "K-1: is so\n"));
    }
}

TEST_CASE("a file is an article's text and a review's draft, one that is not there is told") {
    const tocsin::test::FixtureTree tree;
    tree.write("a.md", "# Make room\n");
    Ran ran =
        against(201, R"({"key": "ART-1"})",
                {"articles", "add", "Make room", "--file", tree.at("a.md"), "--match", "a=\"b\""});
    CHECK(ran.out == "ART-1\n");
    CHECK(ran.body.at("text") == "# Make room\n");
    CHECK(ran.body.at("title") == "Make room");
    ran = against(200, R"({"key": "ART-1", "result": "changed"})",
                  {"articles", "edit", "ART-1", "--file", tree.at("a.md")});
    CHECK(ran.asked == "POST /api/v1/articles/ART-1/edit");
    CHECK(ran.body.at("text") == "# Make room\n");
    ran = against(200, R"({"key": "REV-1", "result": "changed"})",
                  {"reviews", "edit", "REV-1", "--file", tree.at("a.md")});
    CHECK(ran.body.at("draft") == "# Make room\n");
    ran = against(200, "{}", {"articles", "add", "x", "--file", tree.at("none.md")});
    CHECK(ran.status == kUnreachable);
    CHECK_THAT(ran.err, Contains("none.md"));
}

TEST_CASE("lists show what each kind is looked for by, and what the bridge refuses in its words") {
    Ran ran =
        against(200, R"({"problems": [{"key": "PRB-1", "state": "known_error", "owner": "li.na",
        "updated_at": "", "workaround": "make room", "title": "Disk fills"}], "next": null})",
                {"problems", "list", "--state", "all", "--incident", "INC-1", "--owner", "li.na",
                 "--search", "disk", "--limit", "7"});
    CHECK(ran.asked == "GET /api/v1/problems state=all incident=INC-1 owner=li.na q=disk limit=7");
    CHECK(ran.out ==
          "KEY    STATE        OWNER  CHANGED  WORKAROUND  TITLE\n"
          "PRB-1  known_error  li.na           make room   Disk fills\n");
    ran = against(200, R"({"reviews": [{"key": "REV-1", "state": "open", "owner": null,
        "updated_at": "", "due_at": "2026-12-01T08:00:00.000Z", "overdue": true, "title": "R"}]})",
                  {"reviews", "list"});
    CHECK_THAT(ran.out, Contains("overdue, 2026-12-01 08:00"));
    ran = against(200, R"({"articles": []})", {"articles", "list"});
    CHECK(ran.status == kNo);
    CHECK(ran.err == "None matches.\n");
    ran = against(409, R"({"error": {"message": "PRB-1 is open: close is not possible"}})",
                  {"problems", "close", "PRB-1"});
    CHECK(ran.status == kNo);
    CHECK(ran.err == "tocsin: PRB-1 is open: close is not possible\n");
    CHECK(against(200, "{}", {"problems", "link", "PRB-1"}).status == kUsage);
    CHECK(against(200, "{}", {"reviews", "add"}).status == kUsage);
}

TEST_CASE("one of them is shown with its text, actions, incidents and timeline") {
    const Ran ran = against(200, R"({"key": "REV-1", "title": "Review: disk", "state": "open",
        "owner": "li.na", "about": "INC-1", "due_at": "2026-12-01T08:00:00.000Z",
        "draft": "12:00 li.na: looking\u001b[2J\n", "causes": ["logs", "no alert"],
        "actions": [{"number": 1, "text": "rotate", "owner": "boss", "due_at": null,
                     "done_at": "2026-11-30T08:00:00.000Z"}],
        "incidents": [{"key": "INC-1", "state": "closed", "opened_at": "2026-11-20T08:00:00.000Z",
                       "solution": "made room", "title": "Disk full"}],
        "timeline": [{"at": "2026-11-20T09:00:00.000Z", "actor": "system", "text": "Suggested"}]})",
                            {"reviews", "show", "REV-1"});
    CHECK(ran.asked == "GET /api/v1/reviews/REV-1");
    CHECK_THAT(ran.out, Contains("logs, no alert") && Contains("12:00 li.na: looking [2J\n") &&
                            Contains("1       boss              2026-11-30 08:00  rotate") &&
                            Contains("INC-1     closed  2026-11-20 08:00  made room  Disk full") &&
                            Contains("2026-11-20 09:00  system  Suggested"));
}

TEST_CASE("an incident is shown with its problems, articles and similar past ones") {
    const Ran ran = against(200, R"({"key": "INC-9", "title": "Disk full", "state": "triggered",
        "problems": [{"key": "PRB-1", "title": "Logs", "state": "known_error",
                      "workaround": "make room"}],
        "articles": [{"key": "ART-1", "title": "Room"}], "reviews": [],
        "similar": [{"key": "INC-7", "title": "Disk full", "state": "closed",
                     "opened_at": "2026-11-20T08:00:00.000Z", "cause": "capacity",
                     "solution": null, "resolved_by": "li.na"},
                    {"key": "INC-6", "title": "Disk full", "state": "closed",
                     "opened_at": "2026-11-19T08:00:00.000Z", "cause": null,
                     "solution": null, "resolved_by": "system"},
                    {"key": "INC-5", "title": "Disk full", "state": "closed",
                     "opened_at": "2026-11-18T08:00:00.000Z", "cause": null,
                     "solution": null, "resolved_by": "li.na"}]})",
                            {"incidents", "show", "INC-9"});
    CHECK_THAT(ran.out, Contains("PRB-1     known_error  Logs   make room") &&
                            Contains("ART-1                  Room") &&
                            Contains("INC-7    2026-11-20  closed  capacity           Disk full") &&
                            Contains("INC-6    2026-11-19  closed  by itself          Disk full") &&
                            Contains("INC-5    2026-11-18  closed  resolved by li.na  Disk full"));
}

TEST_CASE("an incident is shown with its runbook and links, in the terminal's language") {
    const std::string answer = R"({"key": "INC-9", "title": "Disk full", "state": "triggered",
        "links": [{"title": "runbook", "url": "https://wiki.example/disk"},
                  {"title": "dashboard", "url": "https://grafana.example/d/7"},
                  {"title": "What we know", "url": "https://wiki.example/oom"},
                  {"title": "https://x.example/", "url": "https://x.example/"}]})";
    CHECK_THAT(against(200, answer, {"incidents", "show", "INC-9"}).out,
               Contains("runbook    https://wiki.example/disk\n") &&
                   Contains("dashboard  https://grafana.example/d/7\n") &&
                   Contains("link       What we know  https://wiki.example/oom\n") &&
                   Contains("link       https://x.example/\n"));
    ::setenv("LC_ALL", "zh_CN.UTF-8", 1);
    const Ran chinese = against(200, answer, {"incidents", "show", "INC-9"});
    ::unsetenv("LC_ALL");
    CHECK_THAT(chinese.out, Contains("处置手册  https://wiki.example/disk\n") &&
                                Contains("监控面板  https://grafana.example/d/7\n") &&
                                Contains("链接      What we know  https://wiki.example/oom\n"));
}

TEST_CASE("the bridge is asked in the terminal's language, in which it says why it refuses") {
    const auto asked_in = [](const char* lang) {
        ::setenv("LC_ALL", lang, 1);
        std::string language;
        const tocsin::test::HttpTestServer bridge(
            [&](const net::Request& request, const net::Reply& reply) {
                language = request.headers.get("Accept-Language");
                reply.send(net::Response::json(
                    409, R"({"error": {"code": "conflict", "message": "该事件已关闭"}})"));
            });
        std::ostringstream out;
        std::ostringstream err;
        run({"--bridge", bridge.url(""), "problems", "close", "PRB-2026-000001"}, out, err);
        ::unsetenv("LC_ALL");
        return language + " " + err.str();
    };
    CHECK(asked_in("zh_CN.UTF-8") == "zh-CN tocsin: 该事件已关闭\n");
    CHECK(asked_in("C.UTF-8").starts_with("en "));
}

TEST_CASE("a kind's states are those that records of it can have") {
    using namespace tocsin::bridge;
    for (const RecordState state : kRecordStates) {
        const std::string name(to_string(state));
        INFO(name);
        int kinds = 0;
        for (const RecordKind kind : kRecordKinds) {
            const auto listed =
                tocsin::test::ran({"--bridge", "http://127.0.0.1:1", std::string(plural(kind)),
                                   "list", "--state", name});
            CHECK((listed.status == kUnreachable || listed.status == kUsage));
            if (listed.status == kUnreachable) ++kinds;
        }
        CHECK(kinds == (state == RecordState::kOpen ? 2 : 1));
    }
    CHECK(tocsin::test::ran({"articles", "list", "--state", "sleeping"}).status == kUsage);
    CHECK(tocsin::test::ran({"incidents", "bulk", "merge", "INC-1"}).status == kUsage);
}
