// Incidents over time: what people at three in the morning would see.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {
std::optional<std::string> data(const Decision& d, std::string_view kind, const std::string& key) {
    for (const TimelineEntry& entry : d.timeline) {
        const auto it = entry.data.find(key);
        if (entry.kind == kind && it != entry.data.end()) return it->second;
    }
    return std::nullopt;
}
}  // namespace

TEST_CASE("a full disk: opened, raised, escalated, owned, cleared, back again, superseded") {
    World w;
    Decision d = w.opened();
    CHECK(d.changed);
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.priority == Priority::kP3);
    CHECK(d.next.severity == "warning");
    CHECK(d.next.title == "disk on web-17");
    CHECK(d.next.team == "web");
    CHECK(kinds(d) == "opened step");
    CHECK(told(d) == "li.na opened");
    CHECK(d.timeline[0].text ==
          "disk on web-17 fires: warning, P3 (impact medium, urgency medium)");
    CHECK(d.timeline[1].text == "Step 1 of policy web: li.na by mail");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 10min);

    // The same incident becomes critical; the next step keeps its time.
    w.now += 1min;
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.severity == "critical");
    CHECK(d.next.priority == Priority::kP2);
    CHECK(kinds(d) == "level_raised priority_raised");
    CHECK(told(d) == "li.na raised");
    CHECK_FALSE(timer(d, TimerKind::kEscalation));

    // Nobody acknowledges: step 2, then step 3.
    w.now = kStart + 10min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");
    CHECK(data(d, "step", "step") == "2");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 20min);
    w.now = kStart + 20min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "wang.wei escalated");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 30min);
    w.now += 30min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "wang.wei reminder");
    CHECK(d.next.repeats == 1);

    // Acknowledged: silence.
    w.now += 1min;
    const Timestamp answered = w.now;
    d = w.on(d.next, World::act(ActionKind::kAcknowledge, "zhao.lei"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.assignee == "zhao.lei");
    CHECK(d.next.responded_at == answered);
    CHECK(told(d).empty());
    CHECK(cancels(d, TimerKind::kEscalation));
    CHECK(std::count(d.effects.begin(), d.effects.end(), Effect{DropWaiting{}}) == 1);

    // Cleared, stable, resolved as of the moment of clearing; all who were told hear.
    w.now += 5min;
    const Timestamp cleared_at = w.now - 2s;
    AlertResolved cleared = w.cleared("disk", "critical");
    cleared.alert.ends_at = cleared_at;
    d = w.on(d.next, cleared);
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.stable_since == cleared_at);
    CHECK(timer(d, TimerKind::kStability) == w.now + 1min);
    w.now += 1min;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kResolved);
    CHECK(d.next.resolved_at == cleared_at);
    CHECK(d.next.resolved_by == "system");
    CHECK(told(d) == "li.na resolved, zhao.lei resolved, wang.wei resolved");
    CHECK(timer(d, TimerKind::kClose) == w.now + 24h);

    // Full again within the reopen window: the same incident, the last owner and the ladder.
    w.now += 10min;
    const Incident resolved = d.next;
    d = w.on(resolved, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.key == resolved.key);
    CHECK(d.next.reopen_count == 1);
    CHECK(d.next.priority == Priority::kP2);  // it falls only by hand
    CHECK(d.next.responded_at == answered);
    CHECK_FALSE(d.next.resolved_at);
    CHECK(told(d) == "li.na reopened, zhao.lei reopened");
    CHECK(cancels(d, TimerKind::kClose));

    // Beyond it: closed as superseded, and a new one that names it.
    w.now = *resolved.resolved_at + 30min + 1ms;
    d = w.on(resolved, w.firing("disk", "warning"));
    CHECK(d.supersede);
    const Opening opening{"INC-2026-000002", resolved.dedup_key, w.alert("disk", "warning"), {}};
    const Succession s = succeed(d, opening, w.context(), w.now);
    CHECK(s.closed.next.state == State::kClosed);
    CHECK(s.closed.next.successor == "INC-2026-000002");
    CHECK(s.closed.next.alerts == resolved.alerts);
    CHECK(kinds(s.closed) == "superseded");
    CHECK(told(s.closed).empty());
    CHECK(s.opened.next.state == State::kTriggered);
    CHECK(s.opened.next.predecessor == resolved.key);
    CHECK(s.opened.next.priority == Priority::kP3);
}

TEST_CASE("the last moment of the reopen window still reopens") {
    World w;
    const Incident resolved = w.in_state(State::kResolved);
    w.now = *resolved.resolved_at + 30min;
    const Decision d = w.on(resolved, w.firing("disk", "warning"));
    CHECK_FALSE(d.supersede);
    CHECK(d.next.state == State::kTriggered);
}

TEST_CASE("a route has its own reopen and stability windows") {
    World w;
    w.route.reopen = 5min;
    w.route.stable = Duration{0};
    Decision d = w.on(w.opened().next, w.cleared("disk"));
    CHECK(d.next.state == State::kResolved);  // no window: at once
    CHECK(kinds(d) == "alert_cleared resolved");
    w.now += 6min;
    CHECK(w.on(d.next, w.firing("disk", "warning")).supersede);
}

TEST_CASE("firing again inside the stability window is the same episode and wakes nobody") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.cleared("disk"));
    w.now += 30s;
    d = w.on(d.next, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK_FALSE(d.next.stable_since);
    CHECK(cancels(d, TimerKind::kStability));
    CHECK(told(d).empty());
    CHECK(kinds(d) == "alert_fired");
    w.now += 30s;
    CHECK_FALSE(w.on(d.next, TimerDue{TimerKind::kStability, w.now}).changed);
}

TEST_CASE("several alerts: resolved only when the last has cleared, as of the last") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.firing("inodes", "critical"));
    CHECK(d.next.alerts.size() == 2);
    CHECK(d.next.labels.get("host") == "web-17");
    CHECK(d.next.labels.get("alertname").empty());  // not shared
    w.now += 1min;
    d = w.on(d.next, w.cleared("inodes", "critical"));
    CHECK_FALSE(timer(d, TimerKind::kStability));
    CHECK(d.next.severity == "warning");
    CHECK(d.next.priority == Priority::kP2);
    CHECK(kinds(d) == "alert_cleared level_lowered");
    w.now += 1min;
    d = w.on(d.next, w.cleared("disk"));
    CHECK(d.next.stable_since == w.now);
    CHECK(d.next.severity == "warning");
}

TEST_CASE("resolved by hand while it fires: quiet until the grace is over, then it is back") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), World::act(ActionKind::kResolve));
    CHECK(d.next.state == State::kResolved);
    CHECK(d.next.resolved_by_hand);
    CHECK(d.reason == "1 alert still firing; it reopens after 10m unless they clear");
    CHECK(timer(d, TimerKind::kResolveGrace) == w.now + 10min);
    CHECK(told(d).empty());  // who did it knows

    SECTION("a resend does not reopen, the end of the grace does") {
        w.now += 1min;
        const Decision resend = w.on(d.next, w.firing("disk", "warning"));
        CHECK_FALSE(resend.changed);
        CHECK(resend.next.state == State::kResolved);
        w.now += 9min;
        const Decision back = w.on(resend.next, TimerDue{TimerKind::kResolveGrace, w.now});
        CHECK(back.next.state == State::kTriggered);
        CHECK(told(back) == "li.na still_firing");
    }
    SECTION("cleared in time stays resolved, at the hour of the hand") {
        w.now += 2min;
        const Decision clear = w.on(d.next, w.cleared("disk"));
        CHECK(clear.next.state == State::kResolved);
        CHECK(clear.next.resolved_at == kStart);
        CHECK(cancels(clear, TimerKind::kResolveGrace));
    }
    SECTION("a new episode reopens at once") {
        w.now += 2min;
        const Decision clear = w.on(d.next, w.cleared("disk"));
        w.now += 1min;
        CHECK(w.on(clear.next, w.firing("disk", "warning")).next.state == State::kTriggered);
    }
    SECTION("it cannot be closed while it fires") {
        using enum ActionKind;
        CHECK(possible_actions(d.next) ==
              std::vector{kReopen, kNote, kVerify, kRate, kWatch, kUnwatch, kLink, kMerge});
        const Decision close = w.on(d.next, World::act(ActionKind::kClose));
        REQUIRE(close.refusal);
        CHECK(close.refusal->message() ==
              "it can be closed when its alerts have resolved; still firing: 1");
    }
}

TEST_CASE("resolving a triggered incident by hand counts as its acknowledge") {
    World w;
    const Decision d = w.on(w.opened().next, World::act(ActionKind::kResolve, "zhao.lei"));
    CHECK(d.next.responded_at == w.now);
    CHECK(d.next.assignee == "zhao.lei");
    CHECK(timer(d, TimerKind::kEscalation) == std::nullopt);
}

TEST_CASE(
    "a raise in the middle of the ladder reaches those asked, on the new priority's contacts") {
    World w;
    w.oncall.policies[0].response[0].tell.push_back({Target::Kind::kManager, "web"});
    Decision d = w.opened();
    CHECK(told(d) == "li.na opened");  // the manager has no contact for P3
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(told(d) == "li.na raised, wang.wei raised");
}

TEST_CASE("unknown alerts keep an incident open until there is news") {
    World w;
    Decision d = w.on(w.opened().next, w.silent("disk"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.severity == "warning");
    CHECK(d.next.count(AlertStatus::kUnknown) == 1);
    SECTION("it fires on") {
        d = w.on(d.next, w.firing("disk", "warning"));
        CHECK(kinds(d) == "alert_back");
        CHECK(told(d).empty());
    }
    SECTION("it has cleared") {
        d = w.on(d.next, w.cleared("disk"));
        CHECK(timer(d, TimerKind::kStability));
    }
    SECTION("one of two unknown, the other cleared: still open") {
        d = w.on(d.next, w.firing("inodes", "warning"));
        d = w.on(d.next, w.cleared("inodes"));
        CHECK_FALSE(timer(d, TimerKind::kStability));
    }
}

TEST_CASE("a source's setting ends its unknown alerts as expired") {
    World w;
    w.settings.expire_unknown["prometheus"] = 15min;
    Incident in = w.opened().next;
    AlertUnknown silent = w.silent("disk");
    silent.alert.source = "prometheus";
    silent.alert.seq = 0;
    Decision d = w.on(in, silent);
    REQUIRE(timer(d, TimerKind::kExpiry) == w.now + 15min);
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(d) == "alert_expired");
    CHECK(d.next.stable_since == kStart);
    CHECK(timer(d, TimerKind::kStability) == w.now + 1min);
    CHECK(d.next.alerts.front().status == AlertStatus::kResolved);
}

TEST_CASE("confirmed is a fact of its own") {
    World w;
    const Decision d = w.on(w.in_state(State::kResolved), World::act(ActionKind::kConfirm));
    CHECK(d.next.confirmed_by == "li.na");
    CHECK(d.next.confirmed_at == w.now);
    CHECK(kinds(d) == "confirmed closed");
}

TEST_CASE("closed by itself when resolved long enough") {
    World w;
    const Incident resolved = w.in_state(State::kResolved);
    w.now += 24h + 1min;
    const Decision d = w.on(resolved, TimerDue{TimerKind::kClose, w.now});
    CHECK(d.next.state == State::kClosed);
    CHECK(d.next.closed_at == w.now);
    CHECK_FALSE(d.next.confirmed_at);
}

TEST_CASE("an expiry that comes too early for one alert waits for the others") {
    World w;
    w.settings.expire_unknown["prometheus"] = 10s;
    const auto foreign = [](auto event) {
        event.alert.source = "prometheus";
        event.alert.seq = 0;
        return event;
    };
    Incident in = w.on(w.opened().next, w.firing("inodes", "warning")).next;
    w.now += 2s;
    in = w.on(in, foreign(w.silent("disk"))).next;
    w.now += 4s;
    in = w.on(in, foreign(w.silent("inodes"))).next;
    w.now += 3s;
    in = w.on(in, foreign(w.firing("disk", "warning"))).next;
    w.now += 3s;
    const Decision early = w.on(in, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(early).empty());
    REQUIRE(timer(early, TimerKind::kExpiry) == kStart + 16s);
    w.now = kStart + 16s;
    const Decision due = w.on(early.next, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(due) == "alert_expired");
    CHECK(due.next.count(AlertStatus::kFiring) == 1);
}

TEST_CASE("nobody is woken for what has cleared, fired again, the ladder goes on") {
    World w;
    Incident in = w.on(w.opened().next, w.cleared("disk")).next;
    REQUIRE(in.stable_since);
    w.now += 30s;
    const Decision waits = w.on(in, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(waits).empty());
    CHECK(waits.next.step == 1);
    REQUIRE(timer(waits, TimerKind::kEscalation) == w.now + 1min);
    in = w.on(waits.next, w.firing("disk", "warning")).next;
    w.now += 1min;
    const Decision goes_on = w.on(in, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(goes_on.next.step == 2);
    CHECK_FALSE(told(goes_on).empty());
}
