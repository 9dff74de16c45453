// P3 in working hours, P4 in a digest, recoveries silent at night (semantics 6).
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"
#include "tests/support/times.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::at;

namespace {

const Timestamp kNight = parse_rfc3339("2026-01-05T22:00:00Z").value();  // a Monday
const Timestamp kMorning = parse_rfc3339("2026-01-06T09:00:00Z").value();

World office_world(Timestamp now) {
    World w;
    Calendar office;
    office.always = false;
    REQUIRE(add_hours(office.week, "mon-fri 09:00-18:00"));
    const Hours hours = std::make_shared<const Calendar>(office);
    w.oncall.hours.by_priority = {nullptr, nullptr, hours, hours};
    w.oncall.hours.resolved = hours;
    w.now = now;
    return w;
}

// When the messages of a decision may go out.
std::vector<Timestamp> not_before(const Decision& d) {
    std::vector<Timestamp> out;
    for (const Effect& effect : d.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) out.push_back(notify->not_before);
    }
    return out;
}

}  // namespace

TEST_CASE("a P3 of the night waits for the morning, and says so") {
    World w = office_world(kNight);
    Decision d = w.opened("warning");
    CHECK(d.next.priority == Priority::kP3);
    CHECK(kinds(d) == "opened step_waits");
    CHECK(told(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == kMorning);
    w.now = kMorning;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, kMorning});
    CHECK(told(d) == "li.na opened");
    CHECK(timer(d, TimerKind::kEscalation) == kMorning + 10min);
    // Step 2 is due after the end of the day: it waits too.
    World late = office_world(at("2026-01-06T17:55:00Z"));
    d = late.opened("warning");
    CHECK(told(d) == "li.na opened");
    late.now += 10min;
    d = late.on(d.next, TimerDue{TimerKind::kEscalation, late.now});
    CHECK(told(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == at("2026-01-07T09:00:00Z"));
}

TEST_CASE("a P2 wakes people at any hour") {
    const World w = office_world(kNight);
    const Decision d = w.opened("critical");
    CHECK(d.next.priority == Priority::kP2);
    CHECK(told(d) == "li.na opened");
    CHECK(not_before(d) == std::vector<Timestamp>{kNight});
}

TEST_CASE("what waited for the morning does not wait once it is P2") {
    World w = office_world(kNight);
    Decision d = w.opened("warning");
    w.now += 1h;
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.priority == Priority::kP2);
    CHECK(told(d) == "li.na raised");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 10min);
    // The same after step 1: step 2 waited, and comes at once.
    World late = office_world(at("2026-01-06T17:55:00Z"));
    d = late.opened("warning");
    late.now += 10min;
    d = late.on(d.next, TimerDue{TimerKind::kEscalation, late.now});
    late.now += 1h;
    d = late.on(d.next, late.firing("disk", "critical"));
    CHECK(told(d) == "li.na raised, zhao.lei raised");
    CHECK(timer(d, TimerKind::kEscalation) == late.now + 10min);
}

TEST_CASE("a P4 is told when working hours next begin") {
    World w = office_world(at("2026-01-05T11:00:00Z"));
    const Decision d = w.opened("info");
    CHECK(d.next.priority == Priority::kP4);
    CHECK(told(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == kMorning);
    w.now = kMorning;
    CHECK(told(w.on(d.next, TimerDue{TimerKind::kEscalation, kMorning})) == "li.na opened");
}

TEST_CASE("an end at night is told in the morning") {
    World w = office_world(kNight);
    Decision d = w.opened("critical");
    d = w.on(d.next, World::act(ActionKind::kAcknowledge, "zhao.lei"));
    d = w.on(d.next, w.cleared("disk", "critical"));
    w.now += w.settings.stable;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kResolved);
    REQUIRE_FALSE(not_before(d).empty());
    for (const Timestamp t : not_before(d)) CHECK(t == kMorning);
}

TEST_CASE("all clear at night waits for the morning where nobody owns it, as every end") {
    World w = office_world(kNight);
    Incident in = w.opened("critical").next;
    in.facts.major = Major{};
    in = w.on(in, w.cleared("disk", "critical")).next;
    w.now += w.settings.stable;
    Decision d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(told(d) == "li.na all_clear");
    for (const Timestamp t : not_before(d)) CHECK(t == kMorning);
    // Held back until then, it asks in the morning, as what it is.
    Incident held = w.on(w.opened("critical").next, w.held("disk", "critical", w.silence())).next;
    held.facts.major = Major{};
    held = w.on(held, w.cleared("disk", "critical")).next;
    REQUIRE(held.suppressed);
    World late = w;
    late.now += w.settings.stable;
    d = late.on(held, TimerDue{TimerKind::kStability, late.now});
    CHECK(told(d).empty());
    REQUIRE(timer(d, TimerKind::kEscalation) == kMorning);
    late.now = kMorning;
    CHECK(told(late.on(d.next, TimerDue{TimerKind::kEscalation, kMorning})) == "li.na all_clear");
    // Its owner is waited for.
    in = w.on(in, World::act(ActionKind::kAcknowledge)).next;
    d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(told(d) == "li.na all_clear");
    for (const Timestamp t : not_before(d)) CHECK(t == w.now);
}

TEST_CASE("whoever asks the next step at night gets it") {
    World w = office_world(kNight);
    Decision d = w.opened("warning");
    d = w.on(d.next, World::act(ActionKind::kEscalate, "zhao.lei"));
    CHECK(told(d) == "li.na escalated");
    CHECK(not_before(d) == std::vector<Timestamp>{kNight});
}

TEST_CASE("a step repeats until the next is due, and an acknowledge ends that") {
    World w;
    w.oncall.policies[0].response[0].repeat = 4min;
    Decision d = w.opened("critical");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 4min);
    std::string story;
    for (int i = 0; i < 4; ++i) {
        w.now = *timer(d, TimerKind::kEscalation);
        d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
        story += format_duration(w.now - kStart) + " " + told(d) + "; ";
    }
    CHECK(story ==
          "4m li.na reminder; 8m li.na reminder; 10m li.na escalated, zhao.lei escalated; "
          "20m wang.wei escalated; ");
    CHECK(d.next.repeats == 0);
}

TEST_CASE("an empty rotation is told to the catch-all and stands in the timeline") {
    World w;
    w.oncall.catch_all = {{Target::Kind::kPerson, "chen.yu"}};
    Rotation none;
    none.name = "web-primary";
    w.oncall.rotations = {none};
    w.oncall.policies[0].response[0].tell = {{Target::Kind::kRotation, "web-primary"}};
    const Decision d = w.opened("critical");
    CHECK(kinds(d) == "opened step_skipped rotation_empty step");
    CHECK(told(d) == "li.na opened, zhao.lei opened, chen.yu nobody");
}

TEST_CASE("whoever a P3 is given to at night is asked first in the morning too") {
    World w = office_world(at("2026-01-05T10:00:00Z"));
    Decision d = w.on(w.opened("warning").next, World::act(ActionKind::kAcknowledge));
    w.now = kNight;
    UserAction assign = World::act(ActionKind::kAssign);
    assign.person = "zhao.lei";
    d = w.on(d.next, assign);
    CHECK(told(d) == "zhao.lei assigned");
    CHECK(not_before(d) == std::vector<Timestamp>{kMorning});
    CHECK(timer(d, TimerKind::kEscalation) == kMorning + 15min);
    // By day, and where the priority knows no hours, the time runs from now.
    w.now = at("2026-01-05T11:00:00Z");
    d = w.on(w.on(w.opened("warning").next, World::act(ActionKind::kAcknowledge)).next, assign);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 15min);
    w.now = kNight;
    d = w.on(w.on(w.opened("critical").next, World::act(ActionKind::kAcknowledge)).next, assign);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 15min);
}

TEST_CASE("an expired acknowledge of a P3 gives its owner their time in the morning") {
    World w = office_world(at("2026-01-05T17:00:00Z"));
    w.settings.acknowledge_for = {{Priority::kP3, 5h}};
    Decision d = w.on(w.opened("warning").next, World::act(ActionKind::kAcknowledge));
    w.now = kNight;
    d = w.on(d.next, TimerDue{TimerKind::kAcknowledgeEnd, w.now});
    CHECK(told(d) == "li.na lapsed");
    CHECK(timer(d, TimerKind::kEscalation) == kMorning + 15min);
}

TEST_CASE("what is owed or still waited for wakes nobody, whatever the priority") {
    // By SMS for what is urgent; the mail is read in working hours and for all else.
    World w = office_world(kNight - 24h);  // a Sunday
    const Hours office = w.oncall.hours.of(Priority::kP4);
    w.oncall.people[0].contacts = {{"sms", "+1", {Priority::kP1, Priority::kP2}, Duration{0}},
                                   {"mail",
                                    "li.na@example.com",
                                    {kPriorities.begin(), kPriorities.end()},
                                    Duration{0},
                                    office}};
    const Incident owned =
        w.on(w.opened("critical").next, World::act(ActionKind::kAcknowledge)).next;
    UserAction pend = World::act(ActionKind::kPend);
    pend.text = "the vendor";
    pend.until = w.now + 24h * 5;
    const Incident by_hand = w.on(owned, World::act(ActionKind::kResolve)).next;
    const Incident resolved = w.on(by_hand, w.cleared("disk", "critical")).next;
    const Incident waiting = w.on(owned, pend).next;
    w.now = kNight;
    for (const auto& [in, what] : {std::pair{resolved, TimerKind::kClose},
                                   std::pair{waiting, TimerKind::kPendingReminder}}) {
        w.oncall.people[0].contacts[1].hours = office;
        const Decision d = w.on(in, TimerDue{what, w.now});
        REQUIRE(d.next.priority == Priority::kP2);
        std::vector<Notify> sent;
        for (const Effect& effect : d.effects) {
            if (const auto* notify = std::get_if<Notify>(&effect)) sent.push_back(*notify);
        }
        REQUIRE(sent.size() == 1);
        CHECK(sent[0].channel == "mail");
        CHECK(sent[0].priority == Priority::kP4);
        CHECK(sent[0].not_before == kMorning);
        CHECK(timer(d, what) == kMorning + 24h);  // and not one for each night
        // Where the mail does not go, the other way keeps to the hours.
        w.oncall.people[0].contacts[1].hours = nullptr;
        EffectOutcome failed;
        failed.delivery = EffectOutcome::Delivery::kFailed;
        failed.notify = sent[0];
        const Decision other = w.on(d.next, failed);
        CHECK(not_before(other) == std::vector<Timestamp>{kMorning});
    }
}
