// `tocsin incidents simulate`: two files in, tables and JSON out.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "cli/run.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin::cli;
namespace json = boost::json;

namespace {

struct Ran {
    int status;
    std::string out;
    std::string err;
};

Ran ran(std::vector<std::string> args) {
    std::ostringstream out;
    std::ostringstream err;
    args.insert(args.begin(), {"incidents", "simulate"});
    const int status = run(std::move(args), out, err);
    return {status, out.str(), err.str()};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

constexpr const char* kConfig = R"(
timezone: Asia/Shanghai
calendars: {office: 7x24}
channels:
  - {name: sms, type: command, command: [/usr/local/bin/sms]}
  - {name: mail, type: email, server: "smtp.example:25", security: none, from: t@example.com}
people:
  - {name: li.na, contacts: [{channel: sms, number: "13800000001"}, {channel: mail, address: l@example.com}]}
policies:
  - {name: web, response: [{tell: [person:li.na]}]}
routes:
  - {policy: web}
)";
constexpr const char* kLines =
    R"({"at": "2026-11-26T18:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]})"
    "\n"
    R"({"at": "2026-11-26T18:01:00Z", "act": {"labels": {"host": "db-9"}, "kind": "acknowledge", "actor": "li.na"}})";

struct Files {
    tocsin::test::FixtureTree tree{{"bridge.yml", kConfig}, {"alerts.jsonl", kLines}};
    std::string config = tree.at("bridge.yml");
    std::string lines = tree.at("alerts.jsonl");
};

}  // namespace

TEST_CASE("a simulation is tables for people, in the time of the place") {
    const Files files;
    const Ran table = ran({"--config", files.config, files.lines});
    CHECK(table.err.empty());
    CHECK(table.status == kDone);
    CHECK(has(table.out, "2026-11-27 02:00"));  // 18:00 UTC
    CHECK(has(table.out, "INC-2026-000001"));
    CHECK(has(table.out, "DiskFull on db-1"));
    CHECK(has(table.out, "line 2: refused: no incident with host=db-9 is open"));
    // 18:00 and the reminder at 18:30 by SMS and mail, and that of 19:00, as the last step repeats
    // every half hour: one hour and a minute.
    CHECK(has(table.out, "1 incident, 6 messages, 3 wake-ups (22:00 to 08:00 in Asia/Shanghai)"));
    const Ran quiet = ran({"--config", files.config, "--run-on", "1m", "--answer-after", "5m",
                           "--waking", "mail", files.lines});
    CHECK(has(quiet.out, "1 incident, 2 messages, 1 wake-up ("));
}

TEST_CASE("a simulation is JSON for programs") {
    const Files files;
    const Ran done = ran({"--output", "json", "--config", files.config, files.lines});
    CHECK(done.status == kDone);
    const json::value all = json::parse(done.out);
    CHECK(all.at_pointer("/totals/incidents") == 1);
    CHECK(all.at_pointer("/totals/wake_ups") == 3);
    CHECK(all.at_pointer("/incidents/0/priority") == "P2");
    CHECK(all.at_pointer("/incidents/0/state") == "triggered");
    CHECK(all.at_pointer("/messages/0/at") == "2026-11-26T18:00:00.000Z");
    CHECK(all.at_pointer("/messages/0/parts/0/person") == "li.na");
    CHECK(all.at_pointer("/refused/0/line") == 2);
}

TEST_CASE("what people hold back and report is in the tables and in the JSON") {
    const Files files;
    files.tree.write(
        "people.jsonl",
        R"({"at": "2026-11-26T02:00:00Z", "silence": {"host": "db-1", "for": "4h", "by": "li.na", "comment": "new disk"}}
{"at": "2026-11-26T02:01:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1"}}]}
{"at": "2026-11-26T02:02:00Z", "report": {"symptom": "checkout is slow", "reporter": "wang.wu"}}
)");
    const std::string lines = files.tree.at("people.jsonl");
    const Ran table = ran({"--config", files.config, lines});
    CHECK(table.status == kDone);
    CHECK(has(table.out, "checkout is slow"));
    CHECK(has(table.out, "held back: "));
    CHECK(has(table.out, "by silence line 1"));
    const Ran done = ran({"--output", "json", "--config", files.config, lines});
    const json::value all = json::parse(done.out);
    CHECK(all.at_pointer("/incidents/0/reporter") == "wang.wu");
    CHECK(all.at_pointer("/held/0/by/kind") == "silence");
    CHECK(all.at_pointer("/held/0/labels/host") == "db-1");
}

TEST_CASE("an observed incident tells nobody, and says whom it would have told") {
    const Files files;
    files.tree.write("observe.yml",
                     std::string(kConfig) + "observe: [{match: ['host=\"db-1\"']}]\n");
    files.tree.write("two.jsonl", std::string(kLines) + R"(
{"at": "2026-11-26T18:02:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-2", "severity": "critical"}}]}
)");
    const std::string config = files.tree.at("observe.yml");
    const std::string lines = files.tree.at("two.jsonl");
    const Ran done = ran({"--output", "json", "--config", config, lines});
    INFO(done.err);
    REQUIRE(done.status == kDone);
    const json::value all = json::parse(done.out);
    const json::value people = json::parse(R"(["li.na"])");
    CHECK(all.at_pointer("/incidents/0/observed") == true);
    CHECK(all.at_pointer("/incidents/0/told") == json::array());
    CHECK(all.at_pointer("/incidents/0/would_have_told") == people);
    CHECK(all.at_pointer("/incidents/1/observed") == false);
    CHECK(all.at_pointer("/incidents/1/told") == people);
    CHECK(all.at_pointer("/incidents/1/would_have_told") == json::array());
    const Ran table = ran({"--config", config, lines});
    CHECK(has(table.out, "nobody: observed, would have paged li.na"));
}

TEST_CASE("what is wrong with either file is said, with its place") {
    const Files files;
    files.tree.write("bad.yml", "people: [{nam: li.na}]\n");
    files.tree.write("bad.jsonl", "\n{\"at\": \"soon\"}\n");
    const Ran config = ran({"--config", files.tree.at("bad.yml"), files.lines});
    CHECK(config.status == kNo);
    CHECK(has(config.err, "bad.yml:1:"));
    const Ran lines = ran({"--config", files.config, files.tree.at("bad.jsonl")});
    CHECK(lines.status == kNo);
    CHECK(has(lines.err, "bad.jsonl:2: error: \"at\" must be a time"));
    CHECK(ran({"--config", files.config, files.tree.at("none.jsonl")}).status == kUnreachable);
    const Ran channel = ran({"--config", files.config, "--waking", "horn", files.lines});
    CHECK(channel.status == kUsage);
    CHECK(has(channel.err, "has no such channel"));
    CHECK(ran({files.lines}).status == kUsage);
}

TEST_CASE("a minus is standard input, and its lines may be alerts as they are posted") {
    const Files files;
    std::istringstream posted(
        R"([{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}, "startsAt": "2026-11-26T02:00:00Z", "endsAt": "2026-11-26T02:10:00Z"}])"
        "\n");
    std::istringstream wrong("7\n");
    const auto piped = [&](std::istream& in) {
        std::ostringstream out;
        std::ostringstream err;
        const int status =
            run({"incidents", "simulate", "--output", "json", "--config", files.config, "-"}, in,
                out, err);
        return Ran{status, out.str(), err.str()};
    };
    const Ran done = piped(posted);
    CHECK(done.err.empty());
    REQUIRE(done.status == kDone);
    const json::value all = json::parse(done.out);
    CHECK(all.at_pointer("/incidents/0/opened_at") == "2026-11-26T02:00:00.000Z");
    CHECK(all.at_pointer("/incidents/0/resolved_at") == "2026-11-26T02:10:00.000Z");
    const Ran bad = piped(wrong);
    CHECK(bad.status == kNo);
    CHECK(has(bad.err, "standard input:1: error: a line must be a JSON object"));
}
