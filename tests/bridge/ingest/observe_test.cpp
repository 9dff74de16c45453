// Observe mode and new hosts, over the real store with restarts.
#include <catch2/catch.hpp>

#include "bridge/incident/observe.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

BridgeConfig observing(const std::string& matcher) {
    BridgeConfig config = lab_config();
    config.observe = {{parse_matcher(matcher).value()}};
    return config;
}

std::string row(const ObservedCount& c) {
    return c.alertname + " " + c.person + " " + c.channel + " " + std::to_string(c.incidents) +
           " " + std::to_string(c.messages);
}

std::vector<std::string> report(BridgeLab& lab) {
    std::vector<std::string> out;
    const auto rows = lab.queries().observed(lab.clock.now() - 24h);
    REQUIRE(rows);
    for (const ObservedCount& c : rows.value()) out.push_back(row(c));
    return out;
}

}  // namespace

TEST_CASE("what is observed by a matcher of the configuration, or by its rule's annotation") {
    const std::vector<Matchers> observe = {
        {parse_matcher("env=\"staging\"").value(), parse_matcher("severity!=\"critical\"").value()},
        {parse_matcher("alertname=\"New\"").value()}};
    struct Case {
        Labels labels;
        Annotations annotations;
        bool observed;
    };
    const std::vector<Case> cases = {
        {Labels{{"env", "staging"}, {"severity", "warning"}}, {}, true},
        {Labels{{"env", "staging"}, {"severity", "critical"}}, {}, false},
        {Labels{{"alertname", "New"}}, {}, true},
        {Labels{{"alertname", "Old"}}, {}, false},
        {Labels{{"alertname", "Old"}}, {{"tocsin_mode", "observe"}}, true},
        {Labels{{"alertname", "Old"}}, {{"tocsin_mode", "active"}}, false},
    };
    for (const Case& c : cases) CHECK(is_observed(observe, c.labels, c.annotations) == c.observed);
    CHECK_FALSE(is_observed({}, cases[0].labels, {}));
}

TEST_CASE("observed: recorded with its ladder, nobody is told, and the report says who would be") {
    BridgeLab lab(observing("alertname=\"DiskFull\""));
    for (int i = 1; i <= 2; ++i) {
        REQUIRE(lab.post({agent_alert("DiskFull", "web-" + std::to_string(i), "warning", 1,
                                      lab.clock.now() + 24h)}));
        lab.restart();
    }
    lab.pass(11min);
    lab.restart();
    lab.pass(3h);
    CHECK(lab.deliver().empty());
    CHECK(lab.incidents(StateFilter::kOpen).size() == 2);
    const IncidentDetail in = lab.detail("INC-2026-000001");
    CHECK(in.summary.incident.observed);
    CHECK(in.timers.empty());  // its ladder has come to its end
    CHECK(lab.kinds("INC-2026-000001") ==
          std::vector<std::string>{"opened", "observed", "step", "step"});
    CHECK(report(lab) == std::vector<std::string>{"DiskFull   2 2", "DiskFull li.na mail 2 2",
                                                  "DiskFull zhao.lei mail 2 2"});
    // Its end would be told too.
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    lab.pass(2min);
    CHECK(lab.deliver().empty());
    CHECK(lab.detail("INC-2026-000001").summary.incident.state == State::kResolved);
    CHECK(report(lab)[0] == "DiskFull li.na mail 2 3");
}

TEST_CASE("an alert that is not observed makes its incident one like any other") {
    BridgeConfig config = observing("severity=\"info\"");
    config.routes.back().group_by = {"host"};
    BridgeLab lab(config);
    REQUIRE(lab.post({agent_alert("Quiet", "web-1", "info", 1, lab.clock.now() + 24h)}));
    CHECK(lab.deliver().empty());
    lab.restart();
    REQUIRE(lab.post({agent_alert("Loud", "web-1", "warning", 1, lab.clock.now() + 24h)}));
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    const IncidentDetail in = lab.only();
    CHECK_FALSE(in.summary.incident.observed);
    CHECK(in.timers.size() == 1);
}

TEST_CASE("what fires when a host joins is one incident, what fires later is its own") {
    BridgeLab lab;
    lab.beat("web-1");
    for (int i = 1; i <= 30; ++i) {
        REQUIRE(lab.post({agent_alert("Alert" + std::to_string(i), "web-1", "warning", 1,
                                      lab.clock.now() + 24h)}));
        lab.restart();
        lab.pass(10s);
        lab.beat("web-1");
    }
    const IncidentDetail list = lab.only();
    CHECK(list.summary.incident.kind == Incident::Kind::kJoin);
    CHECK(list.summary.incident.title == "New host web-1: 30 alerts");
    CHECK(list.summary.incident.dedup_key == "join:host=\"web-1\"");
    CHECK(list.alerts.size() == 30);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    REQUIRE(lab.act(list.summary.incident.key, ActionKind::kAcknowledge));
    REQUIRE(lab.post({agent_alert("Alert31", "web-1", "warning", 1, lab.clock.now() + 24h)}));
    CHECK(lab.deliver().empty());  // who has the list is not told of each line
    REQUIRE(lab.post({agent_alert("Alert32", "web-1", "critical", 1, lab.clock.now() + 24h)}));
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: raised"});

    for (int i = 0; i < 6; ++i) {
        lab.pass(1min);
        lab.beat("web-1");
    }
    REQUIRE(lab.post({agent_alert("Later", "web-1", "warning", 1, lab.clock.now() + 24h)}));
    CHECK(lab.incidents().size() == 2);
    // Hosts of other senders have no first heartbeat.
    REQUIRE(lab.post({foreign_alert("A", "db-1", "warning"), foreign_alert("B", "db-1", "warning")},
                     "prometheus"));
    CHECK(lab.incidents().size() == 4);
}

TEST_CASE("the list of a new host goes on under its new name") {
    BridgeLab lab;
    lab.beat("web-1");
    REQUIRE(lab.post({agent_alert("A", "web-1", "warning", 1, lab.clock.now() + 24h),
                      agent_alert("B", "web-1", "warning", 1, lab.clock.now() + 24h)}));
    HostIn in;
    in.move = HostIn::Move::kRename;
    in.host = "web-1";
    in.to = "app-1";
    in.actor = "li.na";
    REQUIRE(lab.put(in));
    lab.beat("app-1");
    REQUIRE(lab.post({agent_alert("C", "app-1", "warning", 1, lab.clock.now() + 24h)}));
    const IncidentDetail list = lab.only();
    CHECK(list.summary.incident.title == "New host app-1: 3 alerts");
    CHECK(list.summary.incident.dedup_key == "join:host=\"app-1\"");
}

TEST_CASE("without a time of joining each alert of a new host is its own") {
    BridgeConfig config = lab_config();
    config.hosts.join = Duration{0};
    BridgeLab lab(config);
    lab.beat("web-1");
    REQUIRE(lab.post({agent_alert("A", "web-1", "warning", 1, lab.clock.now() + 24h),
                      agent_alert("B", "web-1", "warning", 1, lab.clock.now() + 24h)}));
    CHECK(lab.incidents().size() == 2);
}
