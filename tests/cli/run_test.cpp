
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/core/clock.h"
#include "base/core/time.h"
#include "ran.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace json = boost::json;
namespace net = tocsin::net;

TEST_CASE("help and version are done, misuse is 2") {
    CHECK(ran({"--help"}).status == kDone);
    CHECK(ran({"incidents", "ack", "--help"}).status == kDone);
    CHECK(ran({"--version"}).out.starts_with("tocsin "));
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"nonsense"},
        {"incidents"},
        {"incidents", "list", "--state", "sleeping"},
        {"incidents", "ack"},
        {"incidents", "note", "INC-2026-000001"},
        {"incidents", "list", "--limit", "0"},
        {"query"},
        {"rules", "check"},
        {"--output", "xml", "incidents", "list"},
        {"completion", "fish"},
        {"silences"},
        {"silences", "add", "--for", "1h"},
        {"silences", "add", "host=a"},
        {"silences", "add", "host=a", "--for", "long"},
        {"silences", "add", "host=a", "--until", "tomorrow"},
        {"silences", "add", "nonsense", "--for", "1h"},
        {"silences", "add", "host=a", "--incident", "INC-1"},
        {"silences", "expire"},
        {"maintenance", "start", "--for", "1h"},
        {"maintenance", "start", "--host", "a"},
        {"maintenance", "end"},
        {"oncall", "month", "--person", "li.na"},
        {"events", "--limit", "0"},
        {"incidents", "list", "--label", "nope"},
        {"incidents", "list", "--label", "=nope"},
        {"incidents", "snooze", "INC-1", "--for", "soon"},
        {"incidents", "snooze", "INC-1", "--until", "soon"},
        {"incidents", "pend", "INC-1", "--for", "2 h"},
        {"incidents", "major", "INC-1", "--every", "often"},
        {"incidents", "priority", "INC-1", "--to", "P9"},
        {"incidents", "bulk", "priority", "INC-1", "--to", "P9"},
        {"incidents", "bulk", "snooze", "INC-1", "--for", "soon"},
        {"incidents", "observed", "--since", "lately"},
        {"report", "x", "--label", "nope"},
        {"report", "x", "--since", "lately"},
        {"silences", "add", "--incident", "INC-1", "--for", "soon"},
        {"maintenance", "start", "--host", "a", "--for", "soon"},
        {"oncall", "override", "web", "--for", "soon"},
        {"oncall", "swap", "web", "a", "b", "--for", "soon"},
        {"reviews", "action", "REV-1", "x", "--for", "soon"},
        {"reviews", "action", "REV-1", "x", "--due", "soon"},
        {"query", "up", "--range", "1h", "--step", "often"},
        {"query", "up", "--at", "1e300"},
        {"query", "up", "--at", "NaN"},
        {"--bridge", "nonsense", "incidents", "list"},
        {"--agent", "ftp://127.0.0.1:9841", "query", "up"},
    };
    for (const auto& args : wrong) {
        INFO((args.empty() ? std::string("no argument") : args.back()));
        const auto result = ran(args);
        CHECK(result.status == kUsage);
        CHECK(!result.err.empty());
    }
}

TEST_CASE("what is no command is named, with the nearest that is one") {
    const auto said = [](std::vector<std::string> args) {
        const Ran r = ran(std::move(args));
        CHECK(r.status == kUsage);
        return r.err.substr(0, r.err.find('\n'));
    };
    CHECK(said({"incident"}) ==
          "tocsin: there is no command \"incident\"; did you mean \"incidents\"?");
    CHECK(said({"incidents", "lst"}) ==
          "tocsin: there is no command \"incidents lst\"; did you mean \"incidents list\"?");
    CHECK(said({"--output", "json", "oncall", "nextt"}) ==
          "tocsin: there is no command \"oncall nextt\"; did you mean \"oncall next\"?");
    const std::string far = said({"nosuch", "thing"});
    CHECK(far.starts_with("tocsin: there is no command \"nosuch\"; it is one of incidents, "));
    CHECK(far.find(", status, ") != std::string::npos);
    // What is wrong with known ones is said as ever.
    CHECK(said({"incidents"}).find("subcommand") != std::string::npos);
    CHECK(said({"incidents", "list", "--stat", "open"}).find("--stat") != std::string::npos);
    CHECK(said({"incidents", "show"}).find("KEY") != std::string::npos);
}

TEST_CASE("a daemon that does not answer is 3 and is named") {
    // Port 1 of loopback: nothing listens there.
    const auto bridge = ran({"--bridge", "http://127.0.0.1:1", "incidents", "list"});
    CHECK(bridge.status == kUnreachable);
    CHECK(bridge.err.find("127.0.0.1:1") != std::string::npos);
    CHECK(ran({"--agent", "http://127.0.0.1:1", "query", "up"}).status == kUnreachable);
}

TEST_CASE("a file that is not there is 3, said once by its name") {
    const auto result = ran({"rules", "check", "/nowhere/rules.yml"});
    CHECK(result.status == kUnreachable);
    CHECK(result.err.find("/nowhere/rules.yml") != std::string::npos);
    CHECK(ran({"check", "/nowhere/agent.yml"}).status == kUnreachable);
    CHECK(ran({"--token-file", "/nowhere/token", "incidents", "list"}).status == kUnreachable);
    const tocsin::test::FixtureTree tree;
    tree.write("token", "secret\n");
    std::filesystem::permissions(tree.at("token"), std::filesystem::perms{0644});
    const auto open = ran({"--token-file", tree.at("token"), "incidents", "list"});
    CHECK(open.status == kUnreachable);
    CHECK(open.err.find("chmod 600") != std::string::npos);
}

TEST_CASE("a time that is none is misuse") {
    CHECK(ran({"query", "up", "--at", "yesterday"}).status == kUsage);
    CHECK(ran({"query", "up", "--range", "long"}).status == kUsage);
}

TEST_CASE("completion knows every command and its options") {
    const auto bash = ran({"completion", "bash"});
    CHECK(bash.status == kDone);
    for (const auto* word :
         {"incidents", "resolve", "--state", "--token-file", "query", "--range", "silences",
          "--unused", "maintenance", "--change", "complete -F _tocsin tocsin"}) {
        INFO(word);
        CHECK(bash.out.find(word) != std::string::npos);
    }
    CHECK(ran({"completion", "zsh"}).out.starts_with("#compdef tocsin"));
    // The values that an option's check knows, for this command alone; the rest of its options and
    // files are tried in shells (completion_e2e.sh).
    CHECK(bash.out.find("'incidents list --state') values='open resolved closed all' ;;") !=
          std::string::npos);
    CHECK(bash.out.find("*' --output') values='table json' ;;") != std::string::npos);
}

namespace {

json::object incident(const char* key, const char* priority, const char* state,
                      const char* opened) {
    return {{"key", key},          {"priority", priority}, {"state", state},
            {"opened_at", opened}, {"title", key},         {"labels", json::object()}};
}

std::vector<std::string> keys_in(const std::string& table) {
    std::vector<std::string> keys;
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("INC-")) keys.push_back(line.substr(0, line.find(' ')));
    }
    return keys;
}

}  // namespace

TEST_CASE(
    "open incidents come by urgency from all of the bridge's pages, others as it gives them") {
    const tocsin::test::HttpTestServer bridge([](net::Request request, net::Reply reply) {
        json::object page;
        if (request.param("after").empty()) {
            page["incidents"] = {
                incident("INC-5", "P4", "triggered", "2026-01-01T05:00:00.000Z"),
                incident("INC-4", "P2", "acknowledged", "2026-01-01T04:00:00.000Z"),
                incident("INC-3", "P2", "triggered", "2026-01-01T03:00:00.000Z"),
            };
            page["next"] = "3";
        } else {
            page["incidents"] = {
                incident("INC-2", "P2", "triggered", "2026-01-01T02:00:00.000Z"),
                incident("INC-1", "P1", "acknowledged", "2026-01-01T01:00:00.000Z"),
            };
            page["next"] = nullptr;
        }
        reply.send(net::Response::json(200, json::serialize(page)));
    });
    const auto list = [&](std::vector<std::string> more) {
        std::vector<std::string> args = {"--bridge", bridge.url(""), "incidents", "list"};
        args.insert(args.end(), more.begin(), more.end());
        return ran(args);
    };
    CHECK(keys_in(list({}).out) ==
          std::vector<std::string>{"INC-1", "INC-2", "INC-3", "INC-4", "INC-5"});
    const auto two = list({"--limit", "2"});
    CHECK(keys_in(two.out) == std::vector<std::string>{"INC-1", "INC-2"});
    CHECK(two.err.find("There are more") != std::string::npos);
    CHECK(keys_in(list({"--state", "all"}).out) ==
          std::vector<std::string>{"INC-5", "INC-4", "INC-3"});
    const auto programs = json::parse(list({"--limit", "2", "--output", "json"}).out);
    CHECK(programs.at("incidents").as_array().size() == 2);
    CHECK(programs.at("more").as_bool());
}

TEST_CASE("a move answers in the bridge's words") {
    const tocsin::test::HttpTestServer bridge([](net::Request, net::Reply reply) {
        reply.send(net::Response::json(
            200, R"({"state":"resolved","result":"2 alerts still firing; it reopens after 10m"})"));
    });
    CHECK(ran({"--bridge", bridge.url(""), "incidents", "resolve", "INC-2026-000001"}).out ==
          "INC-2026-000001: 2 alerts still firing; it reopens after 10m (now resolved)\n");
}

TEST_CASE("a move says who makes it, and with which words") {
    std::string path;
    json::value body;
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        path = request.path;
        body = json::parse(request.body);
        reply.send(net::Response::json(200, R"({"state":"acknowledged","result":"acknowledged"})"));
    });
    CHECK(ran({"--bridge", bridge.url(""), "--as", "li.na", "incidents", "ack", "INC-2026-000001",
               "looking"})
              .status == kDone);
    CHECK(path == "/api/v1/incidents/INC-2026-000001/acknowledge");
    CHECK(body == json::value({{"actor", "li.na"}, {"text", "looking"}}));
}

TEST_CASE("every move says what its options say") {
    std::string path;
    json::value body;
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        path = request.path;
        body = json::parse(request.body);
        reply.send(net::Response::json(200, R"({"state":"resolved","result":"done"})"));
    });
    struct Case {
        std::vector<std::string> args;
        std::string move;
        json::object body;
    };
    const std::vector<Case> cases = {
        {{"unack"}, "unacknowledge", {}},
        {{"assign", "--to", "zhao.lei"}, "assign", {{"to", "zhao.lei"}}},
        {{"assign", "--team", "dba"}, "assign", {{"team", "dba"}}},
        {{"note", "for you", "--public"}, "note", {{"text", "for you"}, {"public", true}}},
        {{"escalate", "a disk", "--team", "vendor:acme"},
         "escalate",
         {{"text", "a disk"}, {"team", "vendor:acme"}}},
        {{"snooze", "--for", "2h"}, "snooze", {{"for", "2h"}}},
        {{"pend", "disk", "--for", "2d", "--reason", "vendor"},
         "pend",
         {{"text", "disk"}, {"for", "2d"}, {"reason", "vendor"}}},
        {{"resolve", "--cause", "change", "--solution", "rolled back"},
         "resolve",
         {{"cause", "change"}, {"solution", "rolled back"}}},
        {{"verify", "--proof", "a sale"}, "verify", {{"proof", "a sale"}}},
        {{"confirm", "--satisfaction", "5"}, "confirm", {{"satisfaction", 5}}},
        {{"priority", "why", "--to", "P3"}, "priority", {{"text", "why"}, {"to", "P3"}}},
        {{"rate", "--satisfaction", "3"}, "rate", {{"satisfaction", 3}}},
        {{"watch", "--to", "team:dba"}, "watch", {{"to", "team:dba"}}},
        {{"link", "--to", "INC-2026-000002"}, "link", {{"to", "INC-2026-000002"}}},
        {{"major", "--commander", "li.na", "--every", "10m"},
         "major",
         {{"commander", "li.na"}, {"every", "10m"}}},
        {{"merge", "--into", "INC-2026-000002"}, "merge", {{"into", "INC-2026-000002"}}},
        {{"split", "--alert", "a1", "--alert", "b2"}, "split", {{"alerts", {"a1", "b2"}}}},
    };
    for (const Case& c : cases) {
        std::vector<std::string> args = {"--bridge",  bridge.url(""), "--as",           "li.na",
                                         "incidents", c.args[0],      "INC-2026-000001"};
        args.insert(args.end(), c.args.begin() + 1, c.args.end());
        json::object expected = c.body;
        expected["actor"] = "li.na";
        INFO(c.args[0]);
        CHECK(ran(args).status == kDone);
        CHECK(path == "/api/v1/incidents/INC-2026-000001/" + c.move);
        CHECK(body == json::value(expected));
    }
    for (const char* lacking : {"priority", "rate", "link", "merge", "split"}) {
        INFO(lacking);
        CHECK(ran({"incidents", lacking, "INC-2026-000001"}).status == kUsage);
    }
    CHECK(ran({"incidents", "rate", "INC-1", "--satisfaction", "6"}).status == kUsage);
}

TEST_CASE("in bulk a refusal is 1 and stands beside what was done") {
    json::value body;
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        body = json::parse(request.body);
        reply.send(net::Response::json(
            200, R"({"results":[{"key":"INC-1","done":true,"state":"acknowledged","result":"done"},
                 {"key":"INC-2","done":false,"error":{"code":"conflict","message":"it is closed"}}]})"));
    });
    const auto many = ran({"--bridge", bridge.url(""), "--as", "li.na", "incidents", "bulk",
                           "acknowledge", "INC-1", "INC-2", "--text", "storm"});
    CHECK(many.status == kNo);
    CHECK(many.out.find("it is closed") != std::string::npos);
    CHECK(many.out.find("acknowledged") != std::string::npos);
    CHECK(body == json::value({{"action", "acknowledge"},
                               {"actor", "li.na"},
                               {"text", "storm"},
                               {"keys", {"INC-1", "INC-2"}}}));
}

TEST_CASE("a report is sent as it was said, and answered with its key") {
    std::string path;
    json::value body;
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        path = request.path;
        body = json::parse(request.body);
        reply.send(net::Response::json(
            201,
            R"({"key":"INC-2026-000003","priority":"P2","url":"http://b/incidents/INC-2026-000003"})"));
    });
    const auto sent = ran({"--bridge", bridge.url(""), "--as", "desk", "report", "The shop is down",
                           "--reporter", "ms.wu", "--contact", "mail=wu@example.com", "--service",
                           "shop", "--impact", "high", "--label", "site=bj1", "--request"});
    CHECK(sent.status == kDone);
    CHECK(sent.out == "INC-2026-000003: P2, http://b/incidents/INC-2026-000003\n");
    CHECK(path == "/api/v1/incidents");
    CHECK(body == json::value({{"symptom", "The shop is down"},
                               {"actor", "desk"},
                               {"reporter", "ms.wu"},
                               {"contact", {{"channel", "mail"}, {"address", "wu@example.com"}}},
                               {"service", "shop"},
                               {"impact", "high"},
                               {"labels", {{"site", "bj1"}}},
                               {"type", "request"}}));
    CHECK(ran({"report"}).status == kUsage);
    CHECK(ran({"report", "x", "--impact", "huge"}).status == kUsage);
    const auto plain = ran({"--bridge", bridge.url(""), "--as", "desk", "report", "x", "--contact",
                            "8123", "--since", "2026-11-26 18:00"});
    CHECK(plain.status == kDone);
    CHECK(body.at("contact") == "8123");
    CHECK(body.at("since") == "2026-11-26T18:00:00.000Z");
    ran({"--bridge", bridge.url(""), "report", "x", "--when", "2026-11-26T18:00:00+08:00"});
    CHECK(body.at("since") == "2026-11-26T10:00:00.000Z");
    using namespace std::chrono_literals;
    const tocsin::Timestamp before = tocsin::SystemClock().now();
    ran({"--bridge", bridge.url(""), "report", "x", "--since", "10m"});
    const auto since = tocsin::parse_rfc3339(std::string(body.at("since").as_string())).value();
    CHECK(since >= before - 10min);
    CHECK(since <= tocsin::SystemClock().now() - 10min);
    CHECK(ran({"--bridge", bridge.url(""), "report", "x", "--since", "yesterday"}).status ==
          kUsage);
}

TEST_CASE("an incident is shown with its targets and what was found") {
    const tocsin::test::HttpTestServer bridge([](net::Request, net::Reply reply) {
        json::object shown = incident("INC-1", "P1", "resolved", "2026-01-01T01:00:00.000Z");
        shown["reporter"] = {{"name", "ms.wu"}};
        shown["cause"] = "change";
        shown["category"] = "database";
        shown["proof"] = "df";
        shown["verified_at"] = "2026-01-01T02:00:00.000Z";
        shown["verified_by"] = "li.na";
        shown["verified_how"] = "looked";
        shown["confirmed_at"] = "2026-01-01T03:00:00.000Z";
        shown["confirmed_by"] = "ms.wu";
        shown["satisfaction"] = 4;
        shown["satisfaction_comment"] = "quick";
        shown["sla"] = {
            {"response", {{"state", "met"}, {"due", "2026-01-01T01:15:00.000Z"}}},
            {"resolution",
             {{"state", "breached"}, {"due", "2026-01-01T05:00:00.000Z"}, {"cause", "in_work"}}}};
        reply.send(net::Response::json(200, json::serialize(shown)));
    });
    const auto shown = ran({"--bridge", bridge.url(""), "incidents", "show", "INC-1"});
    CHECK(shown.status == kDone);
    for (const char* part :
         {"ms.wu", "category           database", "change", "response target    met", "df",
          "2026-01-01T02:00:00.000Z by li.na: looked", "2026-01-01T03:00:00.000Z by ms.wu\n",
          "4 of 5: quick", "missed, due 2026-01-01T05:00:00.000Z (in_work)"}) {
        INFO(shown.out);
        CHECK(shown.out.find(part) != std::string::npos);
    }
}

TEST_CASE("a token that may not is told what the bridge says, an unknown one to name another") {
    int status = 403;
    const tocsin::test::HttpTestServer bridge([&](net::Request, net::Reply reply) {
        reply.send(net::Response::json(status, R"({"error":{"message":"ask for responder"}})"));
    });
    const std::vector<std::string> ack = {"--bridge", bridge.url(""), "incidents", "ack", "INC-1"};
    CHECK(ran(ack).err == "tocsin: ask for responder\n");
    CHECK(ran(ack).status == kNo);
    status = 401;
    CHECK(ran(ack).err.find("--token-file FILE") != std::string::npos);
    CHECK(ran(ack).status == kNo);
}

TEST_CASE("every command answers --version, and output that is lost is no success") {
    CHECK(ran({"incidents", "list", "--version"}).out == ran({"--version"}).out);
    std::ofstream full("/dev/full");
    std::ostringstream err;
    CHECK(run({"completion", "bash"}, full, err) == kUnreachable);
    std::ofstream too("/dev/full");
    CHECK(run({"--help"}, too, err) == kUnreachable);
}

TEST_CASE("an address in the environment that is none is misuse") {
    ::setenv("TOCSIN_BRIDGE", "nonsense", 1);
    const auto result = ran({"incidents", "list"});
    ::unsetenv("TOCSIN_BRIDGE");
    CHECK(result.status == kUsage);
    CHECK(result.err.starts_with("tocsin: TOCSIN_BRIDGE: "));
}
