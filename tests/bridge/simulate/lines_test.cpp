// The lines of a simulation: what is read from them, and what is said of mistakes.
#include "bridge/simulate/lines.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

std::string mistakes(std::string_view text) {
    Diagnostics diagnostics("a.jsonl");
    read_lines(text, diagnostics);
    return diagnostics.text();
}
std::vector<Line> lines_of(std::string_view text) {
    Diagnostics diagnostics("a.jsonl");
    std::vector<Line> lines = read_lines(text, diagnostics);
    INFO(diagnostics.text());
    REQUIRE_FALSE(diagnostics.has_errors());
    return lines;
}

}  // namespace

TEST_CASE("every mistake is told with its line, all at once") {
    struct Case {
        const char* line;
        const char* part;
    };
    const Case cases[] = {
        {"{", "a.jsonl:1: error: no JSON"},
        {"7", "a.jsonl:1: error: a line must be a JSON object"},
        {"[]", "a.jsonl:1: error: no alert has a \"startsAt\""},
        {R"([{"labels": {"alertname": "A"}}])", "no alert has a \"startsAt\""},
        {R"([{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z"}, 7])", "alert 2"},
        {R"({"labels": {"alertname": "A"}, "startsAt": "soon"})", "startsAt"},
        {R"({"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "2026-11-25T00:00:00Z"})",
         "start time must be before end time"},
        {R"({"version": "3", "alerts": []})", "version must be \"4\""},
        {R"({"version": "4", "alerts": [{"status": "on", "labels": {"a": "b"}}]})",
         "alert 1: status must be"},
        {R"({"at": "2026-11-26T00:00:00Z", "labels": {"alertname": "A"}})",
         R"(unknown field "labels")"},
        {R"({"alerts": []})", R"("at" must be a time like 2026-11-26T02:03:04Z)"},
        {R"({"at": "tomorrow"})", R"("at" must be a time)"},
        {R"({"at": "2026-11-26T00:00:00Z", "alert": []})", R"(unknown field "alert")"},
        {R"({"at": "2026-11-26T00:00:00Z", "alerts": [{"labels": {"1x": "y"}}]})", "1x"},
        {R"({"at": "2026-11-26T00:00:00Z", "act": {"key": "INC-1", "kind": "jump", "actor": "li.na"}})",
         R"("jump" is no action)"},
        {R"({"at": "2026-11-26T00:00:00Z", "act": {"kind": "note", "actor": "li.na"}})",
         "of which incident"},
        {R"({"at": "2026-11-26T00:00:00Z", "act": {"key": "INC-1", "kind": "note"}})", "actor"},
        {R"({"at": "2026-11-26T00:00:00Z", "heartbeat": {}})", "host"},
        {R"({"at": "2026-11-26T00:00:00Z", "alerts": [], "heartbeat": {}})", "are two lines"},
        {R"({"at": "2026-11-26T00:00:00Z", "silence": {"match": ["a=b"], "for": "2h"}})", "\"by\""},
        {R"({"at": "2026-11-26T00:00:00Z", "silence": {"for": "2h", "by": "li.na"}})", "matchers"},
        {R"({"at": "2026-11-26T00:00:00Z", "silence": {"host": "a", "by": "li.na"}})", "\"for\""},
        {R"({"at": "2026-11-26T00:00:00Z", "maintenance": {"host": "a", "for": "31d", "by": "li.na"}})",
         "a window lasts 30d at most"},
        {R"({"at": "2026-11-26T00:00:00Z", "maintenance": {"id": "window:x", "host": "a", "for": "1h", "by": "li.na"}})",
         "is a configured window's"},
        {R"({"at": "2026-11-26T00:00:00Z", "act": {"key": "INC-1", "kind": "silence"}})", "actor"},
        {R"({"at": "2026-11-26T00:00:00Z", "end": {}})", "\"end\" must be"},
        {R"({"at": "2026-11-26T00:00:00Z", "end": "patch"})", "no line above begins \"patch\""},
        {R"({"at": "2026-11-26T00:00:00Z", "report": {"symptom": "slow"}})", "\"reporter\""},
        {R"({"at": "2026-11-26T00:00:00Z", "report": {"reporter": "wang.wu"}})", "\"symptom\""},
    };
    for (const Case& one : cases) {
        INFO(one.line);
        CHECK(mistakes(one.line).find(one.part) != std::string::npos);
    }
    CHECK(mistakes("").find("no line says anything") != std::string::npos);
    CHECK(mistakes("{\n\n[]\n").find("a.jsonl:3: error") != std::string::npos);
    CHECK(mistakes("{\"at\": \"2026-11-26T00:00:01Z\"}\n{\"at\": \"2026-11-26T00:00:00Z\"}")
              .find("a.jsonl:2: error: \"at\" lies before") != std::string::npos);
}

TEST_CASE("a beat with an end is as many as the agent sends until then, among the other lines") {
    const auto lines = lines_of(
        R"({"at": "2026-11-26T00:00:00Z", "heartbeat": {"host": "web-1"}, "until": "2026-11-26T00:01:00Z"})"
        "\n"
        R"({"at": "2026-11-26T00:00:45Z"})");
    REQUIRE(lines.size() == 4);  // at 0, 30 and 60 seconds
    CHECK(std::holds_alternative<WaitLine>(lines[2].what));
    CHECK(lines[3].at - lines[0].at == 1min);
}

TEST_CASE("an action is read as the API reads it") {
    const auto lines = lines_of(
        R"({"at": "2026-11-26T00:00:00Z", "act": {"labels": {"host": "db-1"}, "kind": "pend", "actor": "li.na", "text": "a part is on its way", "for": "2h", "reason": "vendor"}})");
    REQUIRE(lines.size() == 1);
    const auto& act = std::get<ActLine>(lines[0].what);
    CHECK(act.which.labels.front().second == "db-1");
    CHECK(act.action.kind == ActionKind::kPend);
    CHECK(act.action.until == lines[0].at + 2h);
    CHECK(act.action.reason == "vendor");
}

TEST_CASE("what people hold back has the file's name or its line's, and ends by it") {
    const auto lines = lines_of(
        R"({"at": "2026-11-26T00:00:00Z", "silence": {"id": "s", "match": ["env=prod", "host=~db-.*"], "ends_at": "2026-11-26T04:00:00Z", "by": "li.na", "comment": "disks"}}
{"at": "2026-11-26T00:10:00Z", "maintenance": {"host": "db-1", "for": "30m", "by": "li.na", "change": "CHG-7"}}
{"at": "2026-11-26T00:20:00Z", "act": {"labels": {"host": "db-1"}, "kind": "silence", "actor": "li.na"}}
{"at": "2026-11-26T00:30:00Z", "end": "s"}
{"at": "2026-11-26T00:40:00Z", "end": "line 2"}
{"at": "2026-11-26T00:50:00Z", "end": "window:patch night:2026-11-25T18:00:00.000Z"})");
    REQUIRE(lines.size() == 6);
    const auto& silence = std::get<HoldLine>(lines[0].what);
    CHECK(silence.id == "s");
    CHECK(silence.silence.matchers.size() == 2);
    CHECK(silence.silence.ends_at - lines[0].at == 4h);
    CHECK(silence.silence.created_by == "li.na");
    CHECK_FALSE(silence.about);
    const auto& window = std::get<HoldLine>(lines[1].what);
    CHECK(window.id == "line 2");
    CHECK(window.silence.kind == SuppressorKind::kMaintenance);
    CHECK(window.silence.name == "by li.na, CHG-7");
    CHECK(std::get<HoldLine>(lines[2].what).about->labels.front().second == "db-1");
    CHECK(std::get<ExpireSilenceIn>(lines[3].what).kind == SuppressorKind::kSilence);
    CHECK(std::get<ExpireSilenceIn>(lines[4].what).kind == SuppressorKind::kMaintenance);
    CHECK(std::get<ExpireSilenceIn>(lines[5].what).kind == SuppressorKind::kMaintenance);
    CHECK(
        mistakes(
            R"({"at": "2026-11-26T00:00:00Z", "silence": {"id": "s", "host": "a", "for": "1h", "by": "li.na"}}
{"at": "2026-11-26T00:00:00Z", "maintenance": {"id": "s", "host": "b", "for": "1h", "by": "li.na"}})")
            .find("a.jsonl:2: error: \"id\": a line above has \"s\"") != std::string::npos);
}

TEST_CASE(
    "a report is read as the API reads it, and who reports enters it unless somebody else does") {
    const auto lines = lines_of(
        R"({"at": "2026-11-26T00:00:00Z", "report": {"symptom": "checkout is slow", "reporter": "wang.wu", "contact": {"channel": "mail", "address": "w@example.com"}, "impact": "high"}}
{"at": "2026-11-26T00:01:00Z", "report": {"symptom": "no mail", "reporter": "wang.wu", "actor": "desk", "type": "request"}})");
    REQUIRE(lines.size() == 2);
    const Report& own = std::get<ReportIn>(lines[0].what).report;
    CHECK(own.actor == "wang.wu");
    CHECK(own.reporter.address == "w@example.com");
    CHECK(own.impact == Impact::kHigh);
    const Report& taken = std::get<ReportIn>(lines[1].what).report;
    CHECK(taken.actor == "desk");
    CHECK(taken.request);
}

namespace {

// "00:10 A" for what fires, "00:10 A ends" for what has ended by then, line by line.
std::vector<std::string> alerts_of(const std::vector<Line>& lines) {
    std::vector<std::string> out;
    for (const Line& line : lines) {
        std::string text = format_rfc3339(line.at).substr(11, 5);
        for (const Alert& alert : std::get<AlertsIn>(line.what).alerts) {
            text += " " + std::string(alert.labels.get("alertname"));
            if (alert.ends_at && *alert.ends_at <= line.at) {
                text += " ends " + format_rfc3339(*alert.ends_at).substr(11, 5);
            }
        }
        out.push_back(std::move(text));
    }
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an alert as it is posted comes at its startsAt and ends at its endsAt") {
    const auto lines = lines_of(
        R"({"labels": {"alertname": "B"}, "annotations": {"summary": "b", "tocsin_seq": "7"}, "startsAt": "2026-11-26T00:20:00Z", "endsAt": "2026-11-26T00:30:00Z", "generatorURL": "http://prom.example/"}
{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:10:00Z", "endsAt": "0001-01-01T00:00:00Z"})");
    CHECK(alerts_of(lines) == Texts{"00:10 A", "00:20 B", "00:30 B ends 00:30"});
    CHECK(lines[1].number == 1);
    CHECK(lines[2].number == 1);
    const AlertsIn& batch = std::get<AlertsIn>(lines[1].what);
    CHECK(batch.source == "simulation");
    CHECK(batch.alerts[0].annotations.at("summary") == "b");
    // The end has no number of its own, and must not pass for something older.
    CHECK_FALSE(batch.alerts[0].annotations.contains("tocsin_seq"));
    CHECK(batch.alerts[0].generator_url == "http://prom.example/");
}

TEST_CASE("an array is one batch, which comes at the latest startsAt, and each ends by itself") {
    CHECK(
        alerts_of(lines_of(
            R"([{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "2026-11-26T00:05:00Z"}, {"labels": {"alertname": "B"}, "startsAt": "2026-11-26T00:10:00Z", "endsAt": "2026-11-26T00:40:00Z"}, {"labels": {"alertname": "C"}, "startsAt": "2026-11-26T00:09:00Z", "endsAt": "2026-11-26T00:30:00Z"}, {"labels": {"alertname": "D"}}])")) ==
        Texts{"00:10 A ends 00:05 B C D", "00:30 C ends 00:30", "00:40 B ends 00:40"});
}

TEST_CASE("an Alertmanager's webhook fires at startsAt and resolves at endsAt") {
    CHECK(
        alerts_of(lines_of(
            R"({"version": "4", "receiver": "tocsin", "status": "firing", "alerts": [{"status": "firing", "labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}]}
{"version": "4", "receiver": "tocsin", "status": "resolved", "alerts": [{"status": "resolved", "labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "2026-11-26T00:30:00Z"}]}
{"version": "4", "alerts": [{"status": "resolved", "labels": {"alertname": "B"}, "startsAt": "2026-11-26T00:45:00Z"}]})")) ==
        Texts{"00:00 A", "00:00 A", "00:30 A ends 00:30", "00:45 B ends 00:45"});
}

TEST_CASE("of an alert that is posted again the last line says when it ends") {
    CHECK(
        alerts_of(lines_of(
            R"([{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "2026-11-26T00:04:00Z"}]
{"at": "2026-11-26T00:01:00Z", "alerts": [{"labels": {"alertname": "B"}}]}
[{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T00:00:00Z", "endsAt": "2026-11-26T00:05:00Z"}]
[{"labels": {"alertname": "A"}, "startsAt": "2026-11-26T01:00:00Z", "endsAt": "2026-11-26T01:04:00Z"}])")) ==
        Texts{"00:00 A", "00:00 A", "00:01 B", "00:05 A ends 00:05", "01:00 A",
              "01:04 A ends 01:04"});
}
