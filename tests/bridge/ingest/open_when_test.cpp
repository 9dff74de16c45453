// What opens only after a while or after several times, over the real store with restarts.
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

BridgeConfig with_condition(int count, Duration in, Duration held) {
    BridgeConfig config = lab_config();
    OpenWhen condition;
    condition.name = "alertname=\"HighLatency\"";
    condition.match = {parse_matcher(condition.name).value()};
    condition.count = count;
    condition.in = in;
    condition.held = held;
    config.open_when = {condition};
    return config;
}

struct Lab : BridgeLab {
    using BridgeLab::BridgeLab;
    void fire(std::string_view name = "HighLatency", std::string_view host = "web-1") {
        REQUIRE(post({agent_alert(name, host, "warning", ++seq, clock.now() + 4h, clock.now())}));
        restart();
    }
    void clear(std::string_view host = "web-1") {
        REQUIRE(post({agent_alert("HighLatency", host, "warning", ++seq, clock.now())}));
        restart();
    }
    std::vector<Blip> blips() { return queries().blips(100, 0).value(); }
    int seq = 0;
};

}  // namespace

TEST_CASE("what holds for two minutes opens then, by itself, and says why it came so late") {
    Lab lab(with_condition(0, 0s, 2min));
    lab.pass(2min);
    const Timestamp began = lab.clock.now();
    lab.fire();
    lab.pass(1min);
    CHECK(lab.incidents().empty());
    lab.fire();  // a resend is no new beginning
    lab.pass(61s);
    const IncidentDetail in = lab.only();
    CHECK(in.summary.incident.opened_at >= began + 2min);
    CHECK(in.summary.incident.opened_at <= began + 2min + 2s);
    CHECK(lab.kinds(in.summary.incident.key) ==
          std::vector<std::string>{"opened", "unsuppressed", "step"});
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    CHECK(lab.blips().empty());
    // The incident is open: its end is one, and no blip.
    lab.clear();
    lab.pass(62s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    CHECK(lab.blips().empty());
}

TEST_CASE("in the first minute of a bridge what begins then opens at its time too") {
    Lab lab(with_condition(0, 0s, 5s));
    REQUIRE(lab.post({foreign_alert("HighLatency", "web-1", "warning")}));
    lab.pass(4s);
    CHECK(lab.incidents().empty());
    lab.pass(2s);
    CHECK(lab.incidents().size() == 1);
}

TEST_CASE("what fires once and does not clear opens when it has lasted as long as is counted") {
    Lab lab(with_condition(3, 10min, 0s));
    lab.pass(2min);
    const Timestamp began = lab.clock.now();
    lab.fire();
    lab.pass(9min);
    CHECK(lab.incidents().empty());
    lab.fire();
    lab.pass(62s);
    CHECK(lab.only().summary.incident.opened_at <= began + 10min + 2s);
}

TEST_CASE("those of a key that wait for its third firing come out with it") {
    BridgeConfig config = with_condition(3, 10min, 0s);
    config.routes.back().group_by = {"alertname"};
    Lab lab(config);
    lab.fire("HighLatency", "web-1");
    lab.fire("HighLatency", "web-2");
    CHECK(lab.incidents().empty());
    lab.fire("HighLatency", "web-3");
    CHECK(lab.only().summary.incident.labels.get("alertname") == "HighLatency");
    CHECK(lab.only().alerts.size() == 3);
}

TEST_CASE("what clears before is a blip, and opens nothing however often it comes") {
    Lab lab(with_condition(0, 0s, 2min));
    lab.pass(2min);
    for (int i = 0; i < 5; ++i) {
        lab.fire();
        lab.pass(90s);
        lab.clear();
        lab.pass(10s);
    }
    lab.pass(1h);
    CHECK(lab.incidents().empty());
    CHECK(lab.deliver().empty());
    const std::vector<Blip> blips = lab.blips();
    REQUIRE(blips.size() == 5);
    CHECK(blips[0].ended_at - blips[0].started_at == 90s);
    CHECK(blips[0].labels.get("host") == "web-1");
    CHECK(blips[0].condition == "alertname=\"HighLatency\"");
}

TEST_CASE("the third firing within ten minutes opens, of whichever alert of the key") {
    BridgeConfig config = with_condition(3, 10min, 0s);
    config.routes.back().group_by = {"alertname"};
    Lab lab(config);
    lab.fire("HighLatency", "web-1");
    lab.pass(1min);
    lab.fire("HighLatency", "web-1");  // still the first
    lab.clear("web-1");
    lab.pass(1min);
    lab.fire("HighLatency", "web-2");
    CHECK(lab.incidents().empty());
    lab.pass(1min);
    lab.fire("HighLatency", "web-1");
    CHECK(lab.only().summary.incident.state == State::kTriggered);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    CHECK(lab.blips().size() == 1);
    // The other, held back so far, joins what is open.
    lab.fire("HighLatency", "web-2");
    CHECK(lab.only().alerts.size() == 2);
}

TEST_CASE("twice, or three times over more than ten minutes, open nothing") {
    Lab lab(with_condition(3, 10min, 0s));
    for (int i = 0; i < 10; ++i) {
        lab.fire();
        lab.pass(30s);
        lab.clear();
        lab.pass(330s);
    }
    CHECK(lab.incidents().empty());
    CHECK(lab.blips().size() == 10);
}

TEST_CASE("an alert of another name opens at once") {
    Lab lab(with_condition(3, 10min, 0s));
    lab.fire("DiskFull");
    CHECK(lab.incidents().size() == 1);
}

TEST_CASE("a resolved incident reopens under the condition too") {
    Lab lab(with_condition(2, 10min, 0s));
    for (int i = 0; i < 2; ++i) {
        lab.fire();
        lab.pass(20s);
        if (i == 0) lab.clear();
    }
    lab.clear();
    lab.pass(62s);
    REQUIRE(lab.only().summary.incident.state == State::kResolved);
    lab.deliver();
    lab.fire();
    CHECK(lab.only().summary.incident.state == State::kResolved);
    lab.clear();
    lab.pass(10s);
    lab.fire();
    CHECK(lab.only().summary.incident.state == State::kTriggered);
    CHECK(lab.only().summary.incident.reopen_count == 1);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: reopened"});
}

TEST_CASE("what was held back while the bridge was away has time to say that it has cleared") {
    Lab lab(with_condition(0, 0s, 2min));
    lab.pass(2min);
    lab.fire();
    lab.clock.advance(10min);
    lab.restart();
    lab.pass(30s);
    CHECK(lab.incidents().empty());
    lab.clear();
    lab.pass(10min);
    CHECK(lab.incidents().empty());
    CHECK(lab.blips().size() == 1);
}
