// `tocsin oncall` against a bridge that answers as the real one does (tests/e2e/oncall_e2e.py has
// the real one).
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>

#include "cli/oncall_times.h"
#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::cli;
using Catch::Matchers::Contains;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace json = boost::json;

namespace {

using Answers = std::map<std::string, std::string>;  // by path, or path and state

// A bridge that gives each path its answer and keeps what it was asked.
class FakeBridge {
  public:
    explicit FakeBridge(Answers answers) : answers_(std::move(answers)) {}

    Ran run(std::vector<std::string> args) {
        args.insert(args.begin(), {"--bridge", server_.url(""), "--as", "boss"});
        return ran(std::move(args));
    }
    std::string asked(const std::string& path) {
        const std::lock_guard guard(lock_);
        return asked_[path];
    }

  private:
    std::mutex lock_;
    std::map<std::string, std::string> asked_;  // path → the last request's method, query and body
    Answers answers_;
    tocsin::test::HttpTestServer server_{[this](const net::Request& request,
                                                const net::Reply& reply) {
        const std::lock_guard guard(lock_);
        std::string text = request.method;
        for (const char* name : {"at", "from", "to", "team", "rotation"}) {
            if (const auto value = request.param(name); !value.empty()) {
                text += std::string(" ") + name + "=" + std::string(value);
            }
        }
        asked_[request.path] = text + " " + request.body;
        auto found = answers_.find(request.path + "?state=" + std::string(request.param("state")));
        if (found == answers_.end()) found = answers_.find(request.path);
        reply.send(found == answers_.end()
                       ? net::Response::json(404, R"({"error": {"message": "nothing there"}})")
                       : net::Response::json(200, found->second));
    }};
};

const char* const kView = R"({"at": "2026-01-13T00:00:00.000Z", "overrides": [], "rotations": [
  {"name": "web-primary", "team": "web", "timezone": "Asia/Shanghai",
   "now": {"person": "li.na", "display": "李娜", "start": "2026-01-12T01:00:00.000Z",
           "end": "2026-01-19T01:00:00.000Z", "layer": 1, "override": 7},
   "next": {"person": null, "display": null, "start": "2026-01-19T01:00:00.000Z",
            "end": "2026-01-20T01:00:00.000Z", "layer": null, "override": null},
   "shifts": [{"person": "li.na", "display": "李娜", "start": "2026-01-12T01:00:00.000Z",
               "end": "2026-01-19T01:00:00.000Z", "layer": 1, "override": null}]}]})";

}  // namespace

TEST_CASE("who is on call is shown by the rotation's own clock") {
    FakeBridge bridge(Answers{{"/api/v1/oncall", kView}});
    for (const auto& args : {std::vector<std::string>{"oncall"}, {"oncall", "now"}}) {
        const Ran now = bridge.run(args);
        CHECK(now.status == kDone);
        CHECK(now.out ==
              "ROTATION     TEAM  ON CALL         UNTIL                 THEN    ZONE\n"
              "web-primary  web   李娜 (li.na) *  Mon 2026-01-19 09:00  nobody  Asia/Shanghai\n");
    }
    const Ran next = bridge.run({"oncall", "next", "--team", "web"});
    CHECK(next.out ==
          "ROTATION     NEXT    FROM                  UNTIL                 ZONE\n"
          "web-primary  nobody  Mon 2026-01-19 09:00  Tue 2026-01-20 09:00  Asia/Shanghai\n");
    CHECK_THAT(bridge.asked("/api/v1/oncall"), Contains("team=web"));
    const Ran month = bridge.run({"oncall", "month", "--at", "2026-01-12"});
    CHECK_THAT(month.out, Contains("Mon 2026-01-12 09:00  Mon 2026-01-19 09:00  李娜 (li.na)"));
    CHECK_THAT(bridge.asked("/api/v1/oncall"),
               Contains("from=2026-01-12T00:00:00.000Z to=2026-02-12T00:00:00.000Z"));
    const Ran programs = bridge.run({"oncall", "--output", "json"});
    CHECK(json::parse(programs.out).at("rotations").as_array().size() == 1);
}

TEST_CASE("the view of a rotation is asked without `now` too, by its own clock") {
    FakeBridge bridge(Answers{{"/api/v1/oncall", kView}});
    CHECK(bridge.run({"oncall", "--rotation", "web-primary", "--at", "2026-01-13 09:00"}).status ==
          kDone);
    CHECK_THAT(bridge.asked("/api/v1/oncall"),
               Contains("at=2026-01-13T01:00:00.000Z rotation=web-primary"));
}

TEST_CASE("a view is 0 when it shows somebody, whoever is on call at the moment") {
    FakeBridge bridge(
        Answers{{"/api/v1/oncall", R"({"rotations": [{"name": "web", "timezone": "UTC",
        "now": {"person": null}, "next": {"person": "li.na"},
        "shifts": [{"person": null}, {"person": "li.na"}]}]})"}});
    CHECK(bridge.run({"oncall"}).status == kNo);
    CHECK(bridge.run({"oncall", "next"}).status == kDone);
    CHECK(bridge.run({"oncall", "month"}).status == kDone);
}

TEST_CASE("the calendars of several rotations are one") {
    const auto calendar = [](const std::string& who) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nNAME:" + who +
               "\r\nBEGIN:VEVENT\r\nSUMMARY:" + who + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    };
    FakeBridge bridge(
        Answers{{"/api/v1/oncall", R"({"rotations": [{"name": "a"}, {"name": "b"}]})"},
                {"/api/v1/oncall/a.ics", calendar("a")},
                {"/api/v1/oncall/b.ics", calendar("b")}});
    CHECK(bridge.run({"oncall", "month", "--ical"}).out ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//on call//EN\r\n"
          "BEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b\r\n"
          "END:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("nothing configured, nobody on call and a bridge that says no are 1") {
    FakeBridge none(Answers{{"/api/v1/oncall", R"({"rotations": []})"}});
    CHECK(none.run({"oncall"}).status == kNo);
    CHECK_THAT(none.run({"oncall"}).err, Contains("No rotation matches"));
    FakeBridge nobody(
        Answers{{"/api/v1/oncall", R"({"rotations": [{"name": "web", "timezone": "UTC",
        "now": {"person": null}, "next": {"person": null}}]})"}});
    CHECK(nobody.run({"oncall"}).status == kNo);
    CHECK_THAT(nobody.run({"oncall"}).out, Contains("nobody"));
    FakeBridge old(Answers{});
    const Ran refused = old.run({"oncall"});
    CHECK(refused.status == kNo);
    CHECK_THAT(refused.err, Contains("nothing there"));
}

TEST_CASE("an override is sent with times by the rotation's clock, and told back") {
    FakeBridge bridge(
        Answers{{"/api/v1/oncall", kView},
                {"/api/v1/oncall/overrides",
                 R"({"id": 3, "kind": "cover", "rotation": "web-primary", "person": "zhao.lei",
                            "instead_of": "li.na", "from": "2026-01-13T01:00:00.000Z",
                            "to": "2026-01-14T01:00:00.000Z"})"}});
    const Ran made = bridge.run({"oncall", "override", "web-primary", "zhao.lei", "--instead-of",
                                 "li.na", "--from", "2026-01-13 09:00", "--to",
                                 "2026-01-14T09:00:00+08:00", "--why", "a wedding"});
    CHECK(made.status == kDone);
    CHECK(made.out ==
          "Override 3: zhao.lei instead of li.na in web-primary from Tue 2026-01-13 09:00 until "
          "Wed 2026-01-14 09:00 (Asia/Shanghai)\n");
    const std::string asked = bridge.asked("/api/v1/oncall/overrides");
    const auto body = json::parse(asked.substr(asked.find('{')));
    CHECK(body.at("from").as_string() == "2026-01-13T01:00:00.000Z");
    CHECK(body.at("to").as_string() == "2026-01-14T01:00:00.000Z");
    CHECK(body.at("actor").as_string() == "boss");
    CHECK(body.at("why").as_string() == "a wedding");
    CHECK(
        bridge.run({"oncall", "swap", "web-primary", "li.na", "zhao.lei", "--for", "7d"}).status ==
        kDone);
    CHECK_THAT(bridge.asked("/api/v1/oncall/overrides"), Contains(R"("kind":"swap")"));
}

TEST_CASE("used wrongly is 2 before anything is changed") {
    FakeBridge bridge(Answers{{"/api/v1/oncall", kView}, {"/api/v1/oncall/overrides", "{}"}});
    const std::vector<std::vector<std::string>> wrong = {
        {"oncall", "override"},
        {"oncall", "override", "web-primary", "li.na"},
        {"oncall", "override", "web-primary", "li.na", "--for", "1h", "--to", "2026-01-01"},
        {"oncall", "override", "web-primary", "li.na", "--to", "tomorrow"},
        {"oncall", "swap", "web-primary", "li.na", "--for", "1h"},
        {"oncall", "cancel"},
        {"oncall", "cancel", "the-first"},
        {"oncall", "now", "--at", "yesterday"},
        {"oncall", "yesterday"},
    };
    for (const auto& args : wrong) {
        INFO(args.back());
        const Ran result = bridge.run(args);
        CHECK(result.status == kUsage);
        CHECK_FALSE(result.err.empty());
    }
    CHECK(bridge.asked("/api/v1/oncall/overrides").empty());
}

TEST_CASE("cancelling names who and why") {
    FakeBridge bridge(Answers{{"/api/v1/oncall/overrides/12", R"({"id": 12})"}});
    CHECK(bridge.run({"oncall", "cancel", "12", "--why", "it rains"}).out ==
          "Override 12 is cancelled\n");
    CHECK_THAT(bridge.asked("/api/v1/oncall/overrides/12"),
               Contains("DELETE") && Contains("it rains") && Contains("boss"));
    CHECK(bridge.run({"oncall", "cancel", "13"}).status == kNo);
}

TEST_CASE("overrides are listed with who, when and why") {
    FakeBridge bridge(Answers{{"/api/v1/oncall/overrides", R"({"log": [], "overrides": [
        {"id": 1, "kind": "cover", "rotation": "web", "person": "li.na", "instead_of": null,
         "from": "2026-01-13T01:00:00.000Z", "to": "2026-01-14T01:00:00.000Z", "why": "a wedding",
         "actor": "boss", "cancelled_by": null},
        {"id": 2, "kind": "swap", "rotation": "web", "person": "li.na", "instead_of": "zhao.lei",
         "from": "2026-01-13T01:00:00.000Z", "to": "2026-01-14T01:00:00.000Z", "why": "",
         "actor": "boss", "cancelled_by": "li.na"}]})"}});
    const Ran list = bridge.run({"oncall", "overrides"});
    CHECK(list.status == kDone);
    CHECK_THAT(list.out, Contains("whoever it is") && Contains("a wedding") &&
                             Contains("swaps with zhao.lei") && Contains("cancelled by li.na"));
}

TEST_CASE("a test of contacts is 0 only when each was reached") {
    struct Case {
        std::string answer;
        int status;
        std::string text;
    };
    const std::string mail = R"({"channel": "mail", "address": "li@example.com", "delivered": true,
                                 "detail": "250 kept"})";
    const std::string sms = R"({"channel": "sms", "address": "138", "delivered": false,
                                "detail": "no credit"})";
    const std::vector<Case> cases = {
        {R"({"person": "li", "contacts": [)" + mail + "]}", kDone, "250 kept"},
        {R"({"person": "li", "contacts": [)" + mail + "," + sms + "]}", kNo, "no credit"},
        {R"({"person": "li", "contacts": []})", kNo, "has no contacts"},
    };
    for (const Case& c : cases) {
        FakeBridge bridge(Answers{{"/api/v1/oncall/test", c.answer}});
        const Ran result = bridge.run({"oncall", "test-me"});
        CHECK(result.status == c.status);
        CHECK_THAT(result.out + result.err, Contains(c.text));
        CHECK_THAT(bridge.asked("/api/v1/oncall/test"), Contains("boss"));
    }
}

TEST_CASE("the shift's report: what is open, what happened in it, what is due") {
    const std::string open = R"({"key": "INC-1", "team": "web", "state": "triggered",
        "title": "Disk full", "priority": "P2", "opened_at": "2026-01-13T02:00:00.000Z"})";
    const std::string ended = R"({"key": "INC-0", "team": "web", "state": "resolved",
        "title": "Slow", "priority": "P3", "opened_at": "2026-01-10T02:00:00.000Z",
        "resolved_at": "2026-01-12T03:00:00.000Z"})";
    const std::string other = R"({"key": "INC-9", "team": "dba", "state": "triggered",
        "title": "Not ours", "opened_at": "2026-01-13T02:00:00.000Z"})";
    FakeBridge bridge(
        Answers{{"/api/v1/oncall", kView},
                {"/api/v1/incidents",
                 R"({"next": null, "incidents": [)" + open + "," + other + "," + ended + "]}"},
                {"/api/v1/incidents/INC-0", "{}"},
                {"/api/v1/reviews", R"({"next": null, "reviews": [
                    {"key": "REV-1", "title": "In time", "overdue": false, "actions": []},
                    {"key": "REV-2", "title": "Late", "owner": "li.na", "overdue": true,
                     "due_at": "2026-01-12T01:00:00.000Z", "actions": []},
                    {"key": "REV-3", "title": "Held", "overdue": true, "actions": [
                        {"text": "rotate logs", "owner": "zhao.lei", "overdue": true,
                         "due_at": "2026-01-11T01:00:00.000Z"},
                        {"text": "in time", "overdue": false}]}]})"},
                {"/api/v1/incidents/INC-1", R"({"escalation": {"timers": [{"kind": "escalation",
             "due_at": "2026-01-13T02:10:00.000Z"}]}})"}});
    const Ran asked = bridge.run({"oncall", "handover", "--output", "json"});
    INFO(asked.err);
    REQUIRE(asked.status == kDone);
    const auto report = json::parse(asked.out);
    CHECK(report.at("happened").as_array().size() == 2);
    REQUIRE(report.at("due").as_array().size() == 1);
    CHECK(report.at("due").at(0).at("key").as_string() == "INC-1");
    REQUIRE(report.at("overdue").as_array().size() == 2);
    CHECK(report.at("overdue").at(0).at("key").as_string() == "REV-2");
    CHECK(report.at("overdue").at(1).at("what").as_string() == "rotate logs");
    const Ran text = bridge.run({"oncall", "handover"});
    CHECK_THAT(text.out, Contains("Reviews and actions overdue: 2") && Contains("zhao.lei") &&
                             !Contains("In time") && !Contains("in time"));
    CHECK(text.status == kDone);
    CHECK_THAT(text.out, Contains("Handover of web-primary: li.na (since Mon 2026-01-12 09:00) to "
                                  "nobody at Mon 2026-01-19 09:00") &&
                             Contains("Disk full") && Contains("Slow") && !Contains("Not ours"));
}

TEST_CASE("the shift's report has the worst first, and what the shift ended of before it") {
    const auto incident = [](const std::string& key, const std::string& more) {
        return R"({"key": ")" + key + R"(", "team": "web", "title": "t", )" + more + "}";
    };
    const auto page = [](const std::string& rows) {
        return R"({"next": null, "incidents": [)" + rows + "]}";
    };
    // The shift has begun on 2026-01-12T01:00Z.
    FakeBridge bridge(Answers{
        {"/api/v1/oncall", kView},
        {"/api/v1/reviews", R"({"next": null, "reviews": []})"},
        {"/api/v1/incidents", page("")},
        {"/api/v1/incidents?state=open",
         page(incident("INC-5", R"("priority": "P3", "state": "triggered",
                                   "opened_at": "2026-01-13T02:00:00.000Z")") +
              "," + incident("INC-4", R"("priority": "P1", "state": "acknowledged",
                                   "opened_at": "2026-01-13T01:00:00.000Z")"))},
        {"/api/v1/incidents/INC-4", "{}"},
        {"/api/v1/incidents/INC-5", "{}"},
        {"/api/v1/incidents?state=closed",
         page(incident("INC-3", R"("state": "closed", "opened_at": "2026-01-12T00:00:00.000Z",
                                   "resolved_at": "2026-01-12T03:00:00.000Z")") +
              "," + incident("INC-2", R"("state": "closed", "opened_at": "2026-01-10T00:00:00.000Z",
                                   "resolved_at": "2026-01-10T03:00:00.000Z")"))}});
    const auto report = json::parse(bridge.run({"oncall", "handover", "--output", "json"}).out);
    REQUIRE(report.at("open").as_array().size() == 2);
    CHECK(report.at("open").at(0).at("key").as_string() == "INC-4");
    REQUIRE(report.at("happened").as_array().size() == 1);
    CHECK(report.at("happened").at(0).at("key").as_string() == "INC-3");
}

TEST_CASE("the shift's report marks what is observed, of which nobody is told") {
    FakeBridge bridge(
        Answers{{"/api/v1/oncall", kView},
                {"/api/v1/incidents", R"({"next": null, "incidents": [
                    {"key": "INC-1", "team": "web", "state": "triggered", "observed": true,
                     "title": "Trial", "opened_at": "2026-01-13T02:00:00.000Z"},
                    {"key": "INC-2", "team": "web", "state": "triggered", "observed": false,
                     "title": "Disk full", "opened_at": "2026-01-13T02:00:00.000Z"}]})"},
                {"/api/v1/reviews", R"({"next": null, "reviews": []})"},
                {"/api/v1/incidents/INC-1", R"({"escalation": {"timers": [{"kind": "escalation",
                     "due_at": "2026-01-13T02:10:00.000Z"}]}})"},
                {"/api/v1/incidents/INC-2", R"({"escalation": {"timers": [{"kind": "escalation",
                     "due_at": "2026-01-13T02:20:00.000Z"}]}})"}});
    const Ran text = bridge.run({"oncall", "handover"});
    INFO(text.out << text.err);
    CHECK(text.status == kDone);
    const auto line = [&](std::string_view beginning, std::string_view key) {
        const std::size_t section = text.out.find(beginning);
        const std::size_t at = text.out.find(key, section);
        const std::size_t begins = text.out.rfind('\n', at) + 1;
        return text.out.substr(begins, text.out.find('\n', at) - begins);
    };
    CHECK_THAT(line("Open: 2", "INC-1"), Contains("triggered, observed"));
    CHECK_THAT(line("Open: 2", "INC-2"), !Contains("observed"));
    CHECK_THAT(line("Due: 2", "INC-1"), Contains("escalation, observed"));
    CHECK_THAT(line("Due: 2", "INC-2"), !Contains("observed"));
    const auto report = json::parse(bridge.run({"oncall", "handover", "--output", "json"}).out);
    CHECK(report.at("open").at(0).at("observed").as_bool());
    CHECK_FALSE(report.at("open").at(1).at("observed").as_bool());
    CHECK(report.at("due").at(0).at("observed").as_bool());
    CHECK_FALSE(report.at("due").at(1).at("observed").as_bool());
}

TEST_CASE("times are read by the zone's clock where they name no offset") {
    struct Case {
        const char* text;
        const char* zone;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {"2026-01-05 09:00", "Asia/Shanghai", "2026-01-05T01:00:00.000Z"},
        {"2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00.000Z"},
        {"2026-01-05T09:00:00+08:00", "Europe/Berlin", "2026-01-05T01:00:00.000Z"},
        {"2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z"},  // does not exist
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto parsed = parse_zone_time(c.text, c.zone);
        REQUIRE(parsed);
        CHECK(format_rfc3339(parsed.value()) == c.expected);
    }
    CHECK_FALSE(parse_zone_time("noon", "UTC"));
    CHECK_FALSE(parse_zone_time("2026-01-05", "Mars/Olympus"));
    CHECK(parse_zone_time("2026-01-05T09:00:00Z", "Mars/Olympus"));
    CHECK(zone_time(parse_rfc3339("2026-07-01T00:00:05Z").value(), "Europe/Berlin") ==
          "Wed 2026-07-01 02:00:05");
    CHECK(zone_time("not a time", "UTC") == "not a time");
}
