// What people do to incidents, through the store and over restarts: merge, split, reports, clocks.
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

ActionDone done(const Result<Answer>& answer) {
    REQUIRE(answer);
    REQUIRE(answer.value());
    INFO(answer.value()->reason);
    return *answer.value();
}

ActionDone merge_into(BridgeLab& lab, const std::string& loser, const std::string& survivor) {
    UserAction action;
    action.kind = ActionKind::kMerge;
    action.actor = "li.na";
    action.into = survivor;
    return done(lab.put(ActionIn{loser, action}));
}

BridgeConfig with_targets() {
    BridgeConfig config = lab_config();
    config.incidents.sla.targets = {{Priority::kP2, {30min, 8h, "7x24"}},
                                    {Priority::kP3, {1h, 24h, "7x24"}}};
    config.incidents.sla.reasons = {{"vendor", 5h}};
    return config;
}

ReportIn report() {
    ReportIn in;
    in.report.actor = "desk";
    in.report.symptom = "The shop shows an empty cart";
    in.report.reporter = {"ms.wu", "mail", "wu@example.com"};
    in.report.service = "shop";
    return in;
}

}  // namespace

TEST_CASE(
    "after a merge the loser's alert goes to the survivor, for as long as that is not closed") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    REQUIRE(lab.post({foreign_alert("InodesFull", "web-1", "warning")}));
    REQUIRE(lab.incidents().size() == 2);
    CHECK_FALSE(merge_into(lab, kSecond, kFirst).refusal);
    lab.restart();
    IncidentDetail loser = lab.detail(kSecond);
    CHECK(loser.summary.incident.state == State::kClosed);
    CHECK(loser.summary.incident.successor == kFirst);
    CHECK(loser.timers.empty());
    CHECK(lab.detail(kFirst).alerts.size() == 2);

    // Fires on, worse, clears and comes back: all of it there.
    REQUIRE(lab.post({foreign_alert("InodesFull", "web-1", "critical")}));
    CHECK(lab.detail(kFirst).summary.incident.severity == "critical");
    REQUIRE(lab.post({foreign_alert("InodesFull", "web-1", "warning", lab.clock.now()),
                      foreign_alert("InodesFull", "web-1", "critical", lab.clock.now())}));
    lab.pass(30s);
    REQUIRE(
        lab.post({foreign_alert("InodesFull", "web-1", "warning", std::nullopt, lab.clock.now())}));
    CHECK(lab.incidents().size() == 2);
    // Even one of the same key that was never seen before.
    Alert fresh = foreign_alert("InodesFull", "web-1", "warning");
    fresh.labels = Labels{
        {"alertname", "InodesFull"}, {"host", "web-1"}, {"mount", "/srv"}, {"severity", "warning"}};
    REQUIRE(lab.post({fresh}));
    CHECK(lab.detail(kFirst).alerts.size() == 3);
}

TEST_CASE("the keys of a merged incident are free again when the survivor closes") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    REQUIRE(lab.post({foreign_alert("InodesFull", "web-1", "warning")}));
    merge_into(lab, kSecond, kFirst);
    const Timestamp end = lab.clock.now();
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning", end),
                      foreign_alert("InodesFull", "web-1", "warning", end)}));
    lab.pass(2min);
    CHECK(lab.detail(kFirst).summary.incident.state == State::kResolved);
    lab.pass(25h);
    CHECK(lab.detail(kFirst).summary.incident.state == State::kClosed);
    REQUIRE(
        lab.post({foreign_alert("InodesFull", "web-1", "warning", std::nullopt, lab.clock.now())}));
    REQUIRE(lab.incidents(StateFilter::kOpen).size() == 1);
    CHECK(lab.incidents(StateFilter::kOpen)[0].incident.key == "INC-2026-000003");
    CHECK(lab.incidents(StateFilter::kOpen)[0].incident.dedup_key ==
          lab.detail(kSecond).summary.incident.dedup_key);
}

TEST_CASE("merging into nothing is not found, a refusal changes nothing") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    UserAction action;
    action.kind = ActionKind::kMerge;
    action.actor = "li.na";
    action.into = "INC-2026-000099";
    const Result<Answer> nowhere = lab.put(ActionIn{kFirst, action});
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == ErrorCode::kNotFound);
    CHECK(merge_into(lab, kFirst, kFirst).refusal);
    CHECK(lab.only().summary.incident.state == State::kTriggered);
}

TEST_CASE("what is split off stays with the new incident until it closes, over restarts") {
    BridgeConfig config = lab_config();
    config.routes.back().group_by = {"host"};
    BridgeLab lab(config);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning"),
                      foreign_alert("InodesFull", "web-1", "warning"),
                      foreign_alert("LoadHigh", "web-1", "warning")}));
    REQUIRE(lab.only().alerts.size() == 3);
    CHECK(lab.act(kFirst, ActionKind::kAcknowledge));
    lab.deliver();
    UserAction action;
    action.kind = ActionKind::kSplit;
    action.actor = "li.na";
    for (const AlertRecord& alert : lab.only().alerts) {
        if (alert.labels.get("alertname") != "DiskFull") {
            action.fingerprints.push_back(alert.fingerprint);
        }
    }
    CHECK_FALSE(done(lab.put(ActionIn{kFirst, action})).refusal);
    lab.restart();
    REQUIRE(lab.incidents().size() == 2);
    CHECK(lab.detail(kFirst).alerts.size() == 1);
    const IncidentDetail fresh = lab.detail(kSecond);
    CHECK(fresh.alerts.size() == 2);
    CHECK(fresh.summary.incident.state == State::kAcknowledged);  // its owner took it
    CHECK(fresh.summary.incident.acknowledged_by == "li.na");
    CHECK(lab.deliver().empty());  // and nobody was woken

    REQUIRE(lab.post({foreign_alert("LoadHigh", "web-1", "critical")}));
    CHECK(lab.detail(kSecond).summary.incident.severity == "critical");
    CHECK(lab.detail(kFirst).summary.incident.severity == "warning");
    REQUIRE(lab.post({foreign_alert("OomKill", "web-1", "warning")}));  // new ones by their key
    CHECK(lab.detail(kFirst).alerts.size() == 2);
}

TEST_CASE("a report has no key, so the same one twice is two incidents, merged by hand") {
    BridgeConfig config = lab_config();
    config.channels.push_back({"mail", EmailChannel{}, Readership::kPerson});
    BridgeLab lab(config);
    CHECK(done(lab.put(report())).incident.key == kFirst);
    CHECK(done(lab.put(report())).incident.key == kSecond);
    lab.restart();
    const Incident in = lab.detail(kFirst).summary.incident;
    CHECK(in.facts.reporter == Reporter{"ms.wu", "mail", "wu@example.com"});
    CHECK(in.title == "The shop shows an empty cart");
    CHECK(in.service == "shop");
    CHECK(in.labels.get("service") == "shop");
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened", "li.na: opened",
                                                    "ms.wu: received", "ms.wu: received"});
    CHECK_FALSE(merge_into(lab, kSecond, kFirst).refusal);
    CHECK(lab.act(kFirst, ActionKind::kResolve, "a cache was stale"));
    CHECK(lab.deliver() == std::vector<std::string>{"ms.wu: ask_confirm"});
    CHECK(lab.act(kFirst, ActionKind::kConfirm));
    CHECK(lab.detail(kFirst).summary.incident.state == State::kClosed);
}

TEST_CASE("the clocks are rows: a restart neither skips nor repeats a warning") {
    BridgeLab lab(with_targets());
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "critical", 1, lab.clock.now() + 240h)}));
    CHECK(lab.act(kFirst, ActionKind::kAcknowledge));
    const Timestamp opened = lab.only().summary.incident.opened_at;
    const auto said = [&] {
        std::vector<std::string> out;
        for (const TimelineRow& row : lab.detail(kFirst).timeline) {
            if (row.entry.kind == "sla_at_risk") out.push_back(row.entry.data.at("percent"));
            if (row.entry.kind == "sla_breached") out.push_back("breached");
        }
        return out;
    };
    lab.pass(4h);
    CHECK(said() == std::vector<std::string>{"50"});
    lab.restart();
    lab.pass(1h);
    CHECK(said() == std::vector<std::string>{"50"});
    UserAction pend;
    pend.kind = ActionKind::kPend;
    pend.actor = "li.na";
    pend.text = "a new disk";
    pend.reason = "vendor";
    pend.until = lab.clock.now() + 2h;
    CHECK_FALSE(done(lab.put(ActionIn{kFirst, pend})).refusal);
    lab.restart();
    const SlaState sla = lab.only().summary.incident.sla;
    CHECK(sla.resolution.due == opened + 10h);
    REQUIRE(sla.pauses.size() == 1);
    CHECK(sla.pauses[0].reason == "vendor");
    lab.pass(6h);
    CHECK(said() == std::vector<std::string>{"50", "75", "90", "breached"});
    const SlaMeter meter = lab.only().summary.incident.sla.resolution;
    CHECK(meter.breached_at == opened + 10h);
    CHECK(meter.cause == "in_work");
}
