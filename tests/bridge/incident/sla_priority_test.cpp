// Targets by priority, route and service, and what a change of priority does to the clocks.
#include <catch2/catch.hpp>

#include "bridge/incident/sla_moves.h"
#include "sla_world.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::sla_test;

TEST_CASE("raised: the old due or the new target from now, lowered: from the opening") {
    struct Case {
        std::string what;
        std::string severity;
        Duration after;
        std::vector<Priority> to;
        Duration due;
    };
    for (const Case& c : std::vector<Case>{
             {"P3 raised to P1 early", "warning", 1h, {Priority::kP1}, 5h},
             {"P3 raised to P1 late: the old due comes first",
              "warning",
              46h,
              {Priority::kP1},
              48h},
             {"P2 lowered to P3", "critical", 3h, {Priority::kP3}, 48h},
             {"raised and lowered again", "warning", 1h, {Priority::kP1, Priority::kP3}, 48h},
         }) {
        SlaWorld w;
        Incident in = w.acked(c.severity);
        w.now += c.after;
        for (const Priority to : c.to) in = w.prioritised(in, to);
        INFO(c.what);
        CHECK(in.sla.resolution.due == kStart + c.due);
    }
}

TEST_CASE("a priority without a target has no clock, getting one starts it, losing it ends it") {
    SlaWorld w;
    Incident in = w.acked("info");  // P4
    CHECK_FALSE(in.sla.resolution.due);
    w.now += 1h;
    in = w.prioritised(in, Priority::kP2);
    CHECK(in.sla.resolution.due == w.now + 8h);
    const Incident low = w.prioritised(in, Priority::kP4);
    CHECK_FALSE(low.sla.resolution.due);
    CHECK_FALSE(low.sla.resolution.next);
}

TEST_CASE("a breach stays a breach when the priority is lowered") {
    SlaWorld w;
    Incident in = w.acked();
    w.now += 8h;
    in = w.fire(in, TimerKind::kResolutionTarget).next;
    in = w.prioritised(in, Priority::kP3);
    CHECK(in.sla.resolution.breached_at == kStart + 8h);
    CHECK(in.sla.resolution.due == kStart + 8h);
    w.now += 1h;
    const Decision d = w.on(in, World::act(ActionKind::kResolve));
    CHECK(d.next.sla.resolution.breached_at == kStart + 8h);
}

TEST_CASE("after lowering, the new target's shares are said again, those passed are not") {
    SlaWorld w;
    Incident in = w.acked();
    w.now += 7h;
    in = w.fire(in, TimerKind::kResolutionTarget).next;
    CHECK(in.sla.resolution.announced == 75);
    in = w.prioritised(in, Priority::kP3);  // 7 of 48 hours
    CHECK(in.sla.resolution.announced == 0);
    CHECK(in.sla.resolution.next == kStart + 24h);
}

TEST_CASE("targets are the route's, else the service's, else everybody's") {
    SlaWorld w;
    w.priorities.services = {{"shop", "", "", {}, {{Priority::kP2, {std::nullopt, 6h, "7x24"}}}}};
    CHECK(w.opened("critical").next.service == "shop");
    CHECK(w.opened("critical").next.sla.resolution.due == kStart + 6h);
    CHECK(w.opened("warning").next.sla.resolution.due == kStart + 48h);
    w.route.sla = {{Priority::kP2, {5min, 1h, "7x24"}}};
    CHECK(w.opened("critical").next.sla.resolution.due == kStart + 1h);
    CHECK(w.opened("critical").next.sla.response.due == kStart + 5min);
}
