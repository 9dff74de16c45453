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
        {"[]", "a.jsonl:1: error: a line must be a JSON object"},
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
