// A wall clock that is set back by hours: a wrong zone put right, a machine resumed from a
// snapshot.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

int steps(BridgeLab& lab, const std::string& key) {
    const auto kinds = lab.kinds(key);
    return static_cast<int>(std::count(kinds.begin(), kinds.end(), "step"));
}

Alert alert_on(BridgeLab& lab, std::string_view host) {
    return foreign_alert("DiskFull", host, "critical", lab.clock.now() + 48h);
}

}  // namespace

TEST_CASE("the next step of a ladder is no further away after the clock was set back") {
    const bool while_away = GENERATE(false, true);
    CAPTURE(while_away);
    BridgeLab lab;
    REQUIRE(lab.post({alert_on(lab, "web-1")}));
    lab.pass(1min);
    REQUIRE(steps(lab, kFirst) == 1);
    lab.clock.step_wall(-8h);
    if (while_away) lab.restart();
    lab.pass(8min);
    CHECK(steps(lab, kFirst) == 1);
    // A bridge that starts counts from its last word, of at most 15 s before.
    lab.pass(1min + 15s);
    CHECK(steps(lab, kFirst) == 2);
}

TEST_CASE("what comes first after the clock was set back is measured by the new time") {
    BridgeLab lab;
    lab.pass(1min);
    lab.clock.step_wall(-8h);
    REQUIRE(lab.post({alert_on(lab, "web-1")}));
    lab.pass(9min);
    CHECK(steps(lab, kFirst) == 1);
    lab.pass(1min);
    CHECK(steps(lab, kFirst) == 2);
}

TEST_CASE("a moment that somebody gave stays when the clock is set back") {
    BridgeLab lab;
    REQUIRE(lab.post({alert_on(lab, "web-1")}));
    UserAction snooze;
    snooze.kind = ActionKind::kSnooze;
    snooze.actor = "li.na";
    const Timestamp until = lab.clock.now() + 1h;
    snooze.until = until;
    REQUIRE(lab.put(ActionIn{kFirst, snooze}));
    lab.clock.step_wall(-2h);
    lab.pass(2h);
    CHECK(lab.only().summary.incident.snoozed_until == until);
    lab.pass(1h);
    CHECK_FALSE(lab.only().summary.incident.snoozed_until);
}

TEST_CASE("a store that does not take the step of the clock takes it once, later") {
    BridgeLab lab;
    REQUIRE(lab.post({alert_on(lab, "web-1")}));
    lab.clock.step_wall(-8h);
    lab.store().full = true;
    CHECK_FALSE(lab.post({alert_on(lab, "web-2")}));
    lab.store().full = false;
    REQUIRE(lab.post({alert_on(lab, "web-2")}));
    lab.pass(9min);
    CHECK(steps(lab, kFirst) == 1);
    CHECK(steps(lab, kSecond) == 1);
    lab.pass(1min);
    CHECK(steps(lab, kFirst) == 2);
    CHECK(steps(lab, kSecond) == 2);
}
