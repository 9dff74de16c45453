// Hosts that are retired, renamed, or two under one name, over the real store with restarts.
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

BridgeConfig no_join() {
    BridgeConfig config = lab_config();
    config.hosts.join = Duration{0};
    return config;
}

Result<Answer> move(BridgeLab& lab, HostIn::Move what, std::string host, std::string to = "") {
    return lab.put(HostIn{what, std::move(host), std::move(to), "li.na"});
}

std::string reason(const Result<Answer>& answer) {
    INFO((answer ? std::string() : answer.error().message));
    REQUIRE(answer);
    REQUIRE(answer.value());
    return answer.value()->reason;
}

std::vector<std::string> hosts(BridgeLab& lab) {
    std::vector<std::string> out;
    const auto rows = lab.queries().hosts();
    REQUIRE(rows);
    for (const HostRow& row : rows.value()) out.push_back(row.record.host);
    return out;
}

void fire(BridgeLab& lab, std::string_view name, std::string_view host, int seq) {
    REQUIRE(lab.post({agent_alert(name, host, "warning", seq, lab.clock.now() + 24h)}));
}

}  // namespace

TEST_CASE("a retired host is gone, and all of its alerts end as retired") {
    BridgeLab lab(no_join());
    lab.beat("web-1");
    lab.beat("web-2");
    fire(lab, "DiskFull", "web-1", 1);
    fire(lab, "HighLoad", "web-1", 1);
    fire(lab, "DiskFull", "web-2", 1);
    lab.pass(3min);  // nobody beats: both are unreachable
    REQUIRE(lab.incidents(StateFilter::kOpen).size() == 5);
    lab.restart();
    CHECK(reason(move(lab, HostIn::Move::kRetire, "web-1")) == "retired; 3 alerts ended");
    CHECK(hosts(lab) == std::vector<std::string>{"web-2"});
    lab.restart();
    lab.pass(2min);
    for (const IncidentSummary& row : lab.incidents()) {
        const bool other = row.incident.labels.get("host") == "web-2";
        CHECK(row.incident.state == (other ? State::kTriggered : State::kResolved));
    }
    const auto lines = lab.detail("INC-2026-000001").timeline;
    CHECK(std::any_of(lines.begin(), lines.end(), [](const TimelineRow& line) {
        return line.entry.kind == "alert_cleared" && line.entry.data.at("reason") == "retired";
    }));
    // It does not come back as unreachable; an agent that beats is a new host.
    lab.pass(1h);
    CHECK(lab.incidents(StateFilter::kOpen).size() == 2);
    lab.beat("web-1");
    CHECK(hosts(lab) == std::vector<std::string>{"web-1", "web-2"});
}

TEST_CASE("a host of other senders, which has no agent, is retired with its alerts") {
    BridgeLab lab;
    Alert alert = foreign_alert("Down", "switch-1", "critical");
    REQUIRE(lab.post({alert}, "prometheus"));
    lab.pass(10min);  // nothing more is heard: unknown
    REQUIRE(lab.only().alerts.at(0).status == AlertStatus::kUnknown);
    CHECK(reason(move(lab, HostIn::Move::kRetire, "switch-1")) == "retired; 1 alert ended");
    lab.pass(2min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    CHECK_FALSE(move(lab, HostIn::Move::kRetire, "switch-1"));
}

TEST_CASE("a host that is not there cannot be retired or renamed, and the answer says so") {
    BridgeLab lab;
    for (const auto what : {HostIn::Move::kRetire, HostIn::Move::kRename}) {
        const auto answer = move(lab, what, "web-9", "web-10");
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == ErrorCode::kNotFound);
        CHECK_THAT(answer.error().message, Contains("there is no host web-9"));
    }
}

TEST_CASE("a renamed host keeps its incidents: key, labels and alerts go on under the new name") {
    BridgeLab lab(no_join());
    lab.beat("web-1");
    fire(lab, "DiskFull", "web-1", 1);
    REQUIRE(lab.act("INC-2026-000001", ActionKind::kAcknowledge));
    lab.restart();
    CHECK(reason(move(lab, HostIn::Move::kRename, "web-1", "app-1")) ==
          "renamed; 1 incident with it");
    lab.restart();
    CHECK(hosts(lab) == std::vector<std::string>{"app-1"});
    IncidentDetail in = lab.only();
    CHECK(in.summary.incident.labels.get("host") == "app-1");
    CHECK_THAT(in.summary.incident.dedup_key, Contains("host=\"app-1\""));
    REQUIRE(in.alerts.size() == 1);
    CHECK(in.alerts[0].host == "app-1");
    CHECK(in.alerts[0].identity == "app-1/id-of-DiskFull");
    // The agent under its new name: the same incident, and its end.
    lab.beat("app-1");
    fire(lab, "DiskFull", "app-1", 2);
    in = lab.only();
    CHECK(in.summary.incident.state == State::kAcknowledged);
    CHECK(in.alerts.size() == 1);
    REQUIRE(lab.post({agent_alert("DiskFull", "app-1", "warning", 3, lab.clock.now())}));
    lab.pass(61s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    // The old name is free.
    fire(lab, "DiskFull", "web-1", 1);
    CHECK(lab.incidents().size() == 2);
}

TEST_CASE("a foreign alert of a renamed host goes on under the new name, and ends with it") {
    BridgeLab lab(no_join());
    lab.beat("web-1");
    REQUIRE(lab.post({foreign_alert("Foreign", "web-1", "warning")}, "prometheus"));
    REQUIRE(move(lab, HostIn::Move::kRename, "web-1", "app-1"));
    REQUIRE(lab.post({foreign_alert("Foreign", "app-1", "warning")}, "prometheus"));
    CHECK(lab.only().alerts.size() == 1);
    REQUIRE(
        lab.post({foreign_alert("Foreign", "app-1", "warning", lab.clock.now())}, "prometheus"));
    lab.pass(61s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
}

TEST_CASE("renamed after its agent was: what stands under the old name ends") {
    BridgeLab lab(no_join());
    lab.beat("web-1");
    fire(lab, "DiskFull", "web-1", 1);
    fire(lab, "HighLoad", "web-1", 1);
    lab.pass(1min);
    lab.beat("app-1");
    fire(lab, "DiskFull", "app-1", 2);
    for (int i = 0; i < 3; ++i) {
        lab.pass(1min);
        lab.beat("app-1");
    }
    REQUIRE(lab.incidents(StateFilter::kOpen).size() == 4);  // with HostUnreachable of web-1
    CHECK(reason(move(lab, HostIn::Move::kRename, "web-1", "app-1")) ==
          "renamed; 1 incident with it");
    lab.restart();
    lab.pass(30s);
    lab.beat("app-1");
    lab.pass(32s);
    std::vector<std::string> open;
    for (const IncidentSummary& row : lab.incidents(StateFilter::kOpen)) {
        open.push_back(std::string(row.incident.labels.get("alertname")) + " " +
                       std::string(row.incident.labels.get("host")));
    }
    CHECK(open == std::vector<std::string>{"DiskFull app-1", "HighLoad app-1"});
    CHECK(hosts(lab) == std::vector<std::string>{"app-1"});
}

TEST_CASE("two machines under one name are an incident that says what they are and what to do") {
    BridgeLab lab;
    for (int i = 0; i < 3; ++i) {
        lab.beat("web-1", "boot-a");
        lab.beat("web-1", "boot-b");
        lab.restart();
        lab.pass(10s);
    }
    const IncidentDetail in = lab.only();
    CHECK(in.summary.incident.labels.get("alertname") == "HostDuplicate");
    CHECK(in.summary.incident.title == "Two machines report as web-1: their boot ids alternate");
    const std::string& description = in.alerts.at(0).annotations.at("description");
    CHECK_THAT(description, Contains("boot-a") && Contains("boot-b") && Contains("agent.yml"));
}
