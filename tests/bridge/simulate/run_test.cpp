// Lines in, incidents and messages out: whom a configuration would wake, and when.
#include "bridge/simulate/run.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "base/net/log.h"
#include "bridge/simulate/night.h"
#include "tests/support/simulate_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::config_of;
using tocsin::bridge::test::kTwoPeople;

namespace {

Simulated ran(std::string_view yaml, std::string_view text, Duration run_on = 1h) {
    net::configure_log(net::LogFormat::kLogfmt, net::LogLevel::kError);
    Diagnostics diagnostics("alerts.jsonl");
    const std::vector<Line> lines = read_lines(text, diagnostics);
    INFO(diagnostics.text());
    REQUIRE_FALSE(diagnostics.has_errors());
    const auto config = config_of(yaml);
    SimulateOptions options;
    options.run_on = run_on;
    options.ringing = ringing_channels(config->channels);
    options.zone = Zone::named(config->timezone).value();
    Result<Simulated> outcome = simulate(config, lines, options);
    if (!outcome) FAIL(outcome.error().message);
    return std::move(outcome).value();
}

// "18:00:00 sms li.na opened INC-2026-000001", the time in UTC.
std::vector<std::string> told(const Simulated& outcome) {
    std::vector<std::string> out;
    for (const SimulatedMessage& one : outcome.messages) {
        std::string text = format_rfc3339(one.message.at).substr(11, 8) + " " + one.message.channel;
        for (const SentMessage::Part& part : one.message.parts) {
            text += " " + part.notify.person + " " + std::string(to_string(part.notify.kind)) +
                    " " + part.incident;
        }
        out.push_back(std::move(text));
    }
    std::sort(out.begin(), out.end());
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a critical alert at night wakes the ladder until somebody acknowledges") {
    // 18:00 UTC is 02:00 in Shanghai. The ladder: li.na at once, zhao.lei after ten minutes, and
    // li.na acknowledges in the eleventh. Recoveries are silent at night: told at 08:00, 00:00 UTC,
    // those of a channel with caps after the three seconds in which ends wait for each other.
    const Simulated outcome = ran(kTwoPeople, R"(
{"at": "2026-11-26T18:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]}
{"at": "2026-11-26T18:11:00Z", "act": {"labels": {"host": "db-1"}, "kind": "acknowledge", "actor": "li.na"}}
{"at": "2026-11-26T18:30:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}, "endsAt": "2026-11-26T18:30:00Z"}]}
)",
                                  12h);
    CHECK(told(outcome) == Texts{"00:00:00 mail li.na resolved INC-2026-000001",
                                 "00:00:03 sms li.na resolved INC-2026-000001",
                                 "00:00:03 sms zhao.lei resolved INC-2026-000001",
                                 "18:00:00 mail li.na opened INC-2026-000001",
                                 "18:00:00 sms li.na opened INC-2026-000001",
                                 "18:10:00 sms zhao.lei escalated INC-2026-000001"});
    REQUIRE(outcome.incidents.size() == 1);
    CHECK(outcome.incidents[0].incident.state == State::kResolved);
    CHECK(format_rfc3339(*outcome.incidents[0].incident.resolved_at) == "2026-11-26T18:30:00.000Z");
    CHECK(outcome.wake_ups == 2);  // li.na's SMS and zhao.lei's; no mail, and not by day
    CHECK(outcome.refused.empty());
}

TEST_CASE("an alert without an end fires until a line ends it") {
    const Simulated outcome = ran(kTwoPeople, R"(
{"at": "2026-11-26T02:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]}
{"at": "2026-11-26T05:00:00Z"}
)");
    REQUIRE(outcome.incidents.size() == 1);
    CHECK(outcome.incidents[0].firing == 1);
    CHECK(outcome.incidents[0].unknown == 0);
    // P2: after the second step the last repeats every thirty minutes, until 06:00 (05:00 and the
    // hour after the last line).
    const Texts all = told(outcome);
    CHECK(std::count(all.begin(), all.end(), "02:40:00 sms zhao.lei reminder INC-2026-000001") ==
          1);
    CHECK(std::count(all.begin(), all.end(), "05:40:00 sms zhao.lei reminder INC-2026-000001") ==
          1);
    CHECK(outcome.wake_ups == 0);  // 10:00 in Shanghai
}

TEST_CASE("a host that falls silent is unreachable after its deadline, to the second") {
    const Simulated outcome = ran(kTwoPeople, R"(
{"at": "2026-11-26T02:00:00Z", "heartbeat": {"host": "web-1", "boot_id": "b"}, "until": "2026-11-26T03:00:00Z"}
)");
    REQUIRE(outcome.incidents.size() == 1);
    const Incident& in = outcome.incidents[0].incident;
    CHECK(in.title.find("web-1 has not been heard of") != std::string::npos);
    // hosts.deadline is two minutes; the bridge looks every second.
    const Timestamp due = parse_rfc3339("2026-11-26T03:02:00Z").value();
    CHECK(in.opened_at >= due);
    CHECK(in.opened_at <= due + 1s);
}

TEST_CASE("a move that is not possible is told with its line") {
    const Simulated outcome = ran(kTwoPeople, R"(
{"at": "2026-11-26T02:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]}
{"at": "2026-11-26T02:01:00Z", "act": {"key": "INC-2026-000001", "kind": "confirm", "actor": "li.na"}}

{"at": "2026-11-26T02:02:00Z", "act": {"labels": {"host": "db-2"}, "kind": "acknowledge", "actor": "li.na"}}
)");
    REQUIRE(outcome.refused.size() == 2);
    CHECK(outcome.refused[0].number == 3);
    CHECK(outcome.refused[0].why.find("INC-2026-000001: ") == 0);
    CHECK(outcome.refused[1].number == 5);
    CHECK(outcome.refused[1].why == "no incident with host=db-2 is open");
}

TEST_CASE("what a maintenance window holds back is told as held back") {
    const std::string yaml = std::string(kTwoPeople) + R"(
maintenance:
  - {name: patch night, match: ['host="db-1"'], every: daily 02:00, for: 3h, by: li.na}
)";
    // 18:30 UTC is 02:30 in Shanghai; the window ends at 21:00 UTC and settles 5 m.
    const std::string line =
        R"({"at": "2026-11-26T18:30:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]})";
    const Simulated during = ran(yaml, line);
    CHECK(during.incidents.empty());
    REQUIRE(during.held.size() == 1);
    CHECK(during.held[0].suppressor->kind == SuppressorKind::kMaintenance);
    const Simulated after = ran(yaml, line, 4h);
    REQUIRE(after.incidents.size() == 1);
    CHECK(format_rfc3339(after.incidents[0].incident.opened_at).substr(11, 5) == "21:05");
}

TEST_CASE("a silence by a person holds back until it ends, or until somebody ends it") {
    const std::string fires =
        R"({"at": "2026-11-26T02:05:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]})";
    const std::string silence =
        R"({"at": "2026-11-26T02:00:00Z", "silence": {"id": "s", "host": "db-1", "for": "2h", "by": "li.na"}})"
        "\n";
    const Simulated during = ran(kTwoPeople, silence + fires);
    CHECK(during.incidents.empty());
    CHECK(during.messages.empty());
    REQUIRE(during.held.size() == 1);
    CHECK(during.held[0].suppressor->kind == SuppressorKind::kSilence);
    const auto opened = [](const Simulated& outcome) {
        REQUIRE(outcome.incidents.size() == 1);
        return format_rfc3339(outcome.incidents[0].incident.opened_at).substr(11, 5);
    };
    CHECK(opened(ran(kTwoPeople, silence + fires, 4h)) == "04:00");
    CHECK(opened(ran(kTwoPeople, silence + fires + "\n" +
                                     R"({"at": "2026-11-26T02:30:00Z", "end": "s"})")) == "02:30");
}

TEST_CASE("a silence for an incident mutes its ladder until the incident has cleared") {
    const std::string lines = R"(
{"at": "2026-11-26T02:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]}
{"at": "2026-11-26T02:05:00Z", "act": {"labels": {"host": "db-1"}, "kind": "silence", "actor": "li.na"}}
{"at": "2026-11-26T02:06:00Z", "act": {"labels": {"host": "db-2"}, "kind": "silence", "actor": "li.na"}}
)";
    const Simulated outcome = ran(kTwoPeople, lines);
    CHECK(told(outcome) == Texts{"02:00:00 mail li.na opened INC-2026-000001",
                                 "02:00:00 sms li.na opened INC-2026-000001"});
    REQUIRE(outcome.incidents.size() == 1);
    CHECK(outcome.incidents[0].incident.suppressed->kind == SuppressorKind::kSilence);
    REQUIRE(outcome.refused.size() == 1);
    CHECK(outcome.refused[0].number == 4);
    CHECK(outcome.refused[0].why == "no incident with host=db-2 is open");
}

TEST_CASE("a window that a person starts and ends holds back as a configured one") {
    const std::string lines = R"(
{"at": "2026-11-26T02:00:00Z", "maintenance": {"id": "w", "match": ["host=db-1"], "for": "4h", "by": "li.na", "change": "CHG-7"}}
{"at": "2026-11-26T02:05:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]}
)";
    const Simulated during = ran(kTwoPeople, lines);
    REQUIRE(during.held.size() == 1);
    CHECK(during.held[0].suppressor->kind == SuppressorKind::kMaintenance);
    CHECK(during.held[0].suppressor->name == "by li.na, CHG-7");
    // What still fires at its end has five minutes to settle.
    const Simulated after =
        ran(kTwoPeople, lines + R"({"at": "2026-11-26T03:00:00Z", "end": "w"})");
    REQUIRE(after.incidents.size() == 1);
    CHECK(format_rfc3339(after.incidents[0].incident.opened_at).substr(11, 5) == "03:05");
    CHECK(after.refused.empty());
    const std::string none = R"({"at": "2026-11-26T03:00:00Z", "end": "window:none"})";
    CHECK(ran(kTwoPeople, none).refused.size() == 1);
}

TEST_CASE("a report by a person wakes the ladder, and the reporter hears of it") {
    const Simulated outcome = ran(kTwoPeople, R"(
{"at": "2026-11-26T18:00:00Z", "report": {"symptom": "checkout is slow", "reporter": "wang.wu", "contact": {"channel": "mail", "address": "w@example.com"}, "impact": "high", "urgency": "high"}}
{"at": "2026-11-26T18:05:00Z", "act": {"key": "INC-2026-000001", "kind": "acknowledge", "actor": "li.na"}}
{"at": "2026-11-26T18:06:00Z", "report": {"symptom": "no news", "reporter": "wang.wu", "contact": {"channel": "pigeon", "address": "w"}}}
)");
    REQUIRE(outcome.incidents.size() == 2);
    const Incident& in = outcome.incidents[0].incident;
    CHECK(in.title == "checkout is slow");
    CHECK(in.facts.reporter->name == "wang.wu");
    CHECK(in.state == State::kAcknowledged);
    CHECK(in.assignee == "li.na");
    const Texts all = told(outcome);
    CHECK(std::count(all.begin(), all.end(), "18:00:00 sms li.na opened INC-2026-000001") == 1);
    CHECK(std::count_if(
              outcome.messages.begin(), outcome.messages.end(), [](const SimulatedMessage& one) {
                  const Notify& notify = one.message.parts.front().notify;
                  return notify.kind == MessageKind::kReceived && notify.address == "w@example.com";
              }) == 1);
    CHECK(outcome.refused.empty());
    CHECK(outcome.incidents[1].incident.facts.reporter->address == "pigeon w");
    CHECK(std::none_of(outcome.messages.begin(), outcome.messages.end(),
                       [](const SimulatedMessage& one) {
                           return one.message.parts.front().notify.channel == "pigeon";
                       }));
}

TEST_CASE("what a number's cap puts together is one message, and wakes once") {
    // docs/notifications.md: for each number 5 in 15 minutes, three quarters of it for what is
    // urgent: 5 - 5/4 = 4 go alone. The rest waits for two messages' worth, 6 minutes, and is one.
    std::string line = R"({"at": "2026-11-26T18:00:00Z", "alerts": [)";
    for (int i = 1; i <= 12; ++i) {
        line +=
            (i == 1 ? "" : ", ") +
            std::string(R"({"labels": {"severity": "critical", "alertname": "Full", "host": "db)") +
            std::to_string(i) + "\"}}";
    }
    const Simulated outcome = ran(kTwoPeople, line + "]}", 8min);
    CHECK(outcome.incidents.size() == 12);
    std::vector<std::size_t> sizes;
    std::set<std::string> keys;
    for (const SimulatedMessage& one : outcome.messages) {
        if (one.message.channel != "sms") continue;
        sizes.push_back(one.message.parts.size());
        CHECK(one.wakes == std::set<std::string>{"li.na"});
        for (const auto& part : one.message.parts) keys.insert(part.incident);
    }
    CHECK(sizes == std::vector<std::size_t>{1, 1, 1, 1, 8});
    CHECK(keys.size() == 12);
    CHECK(outcome.wake_ups == 5);
}

TEST_CASE("what is of no hurry waits for the hours and is one message of each step") {
    // 02:00 on a Friday in Shanghai, until the office opens at 09:00; zhao.lei ten minutes later.
    std::string lines;
    for (int i = 1; i <= 3; ++i) {
        lines +=
            R"({"at": "2026-11-26T18:0)" + std::to_string(i) +
            R"(:00Z", "alerts": [{"labels": {"severity": "info", "alertname": "Old", "host": "db)" +
            std::to_string(i) + "\"}}]}\n";
    }
    const Simulated outcome = ran(kTwoPeople, lines, 7h + 15min);
    CHECK(outcome.incidents.size() == 3);
    std::vector<std::string> told;
    for (const SimulatedMessage& one : outcome.messages) {
        told.push_back(format_rfc3339(one.message.at).substr(11, 5) + " " + one.message.channel +
                       " " + std::to_string(one.message.parts.size()));
    }
    CHECK(told == std::vector<std::string>{"01:00 mail 3", "01:10 sms 3"});
}

TEST_CASE("people who answer are asked once, and their ladder stops") {
    const std::string line =
        R"({"at": "2026-11-26T18:00:00Z", "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}}]})";
    Diagnostics diagnostics("alerts.jsonl");
    const auto lines = read_lines(line, diagnostics);
    const auto config = config_of(kTwoPeople);
    SimulateOptions options;
    options.run_on = 3h;
    options.answer_after = 5min;
    options.ringing = {"sms"};
    const Simulated outcome = simulate(config, lines, options).value();
    CHECK(told(outcome) == Texts{"18:00:00 mail li.na opened INC-2026-000001",
                                 "18:00:00 sms li.na opened INC-2026-000001"});
    const Incident& in = outcome.incidents.at(0).incident;
    CHECK(in.acknowledged_by == "li.na");
    CHECK(format_rfc3339(in.acknowledged_at.value()) == "2026-11-26T18:05:00.000Z");
}

TEST_CASE("the same lines give the same words twice") {
    const std::string lines = R"(
{"at": "2026-11-26T18:00:00Z", "alerts": [{"labels": {"alertname": "A", "host": "db-1", "severity": "critical"}}]}
{"at": "2026-11-26T18:00:30Z", "alerts": [{"labels": {"alertname": "B", "host": "db-2", "severity": "warning"}}]}
)";
    CHECK(simulated_json(ran(kTwoPeople, lines)) == simulated_json(ran(kTwoPeople, lines)));
}

TEST_CASE("alerts as they are posted open and resolve at their own times") {
    const Simulated outcome = ran(kTwoPeople, R"(
{"labels": {"alertname": "DiskFull", "host": "db-1", "severity": "critical"}, "annotations": {"summary": "96 % used", "tocsin_seq": "3"}, "startsAt": "2026-11-26T02:00:00Z", "endsAt": "2026-11-26T02:30:00Z"}
)");
    REQUIRE(outcome.incidents.size() == 1);
    const Incident& in = outcome.incidents[0].incident;
    CHECK(format_rfc3339(in.opened_at) == "2026-11-26T02:00:00.000Z");
    CHECK(in.state == State::kResolved);
    CHECK(format_rfc3339(*in.resolved_at) == "2026-11-26T02:30:00.000Z");
    CHECK(outcome.incidents[0].unknown == 0);
}
