// How messages fared, and what the incident makes of it.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// li.na has a second way that P3 does not use.
World world() {
    World w;
    w.oncall.people[0].contacts.push_back({"sms", "+86138", {Priority::kP1}, 0s});
    return w;
}

EffectOutcome outcome(EffectOutcome::Delivery delivery, const Notify& notify) {
    EffectOutcome out;
    out.effect = EffectId{7};
    out.delivery = delivery;
    out.notify = notify;
    out.detail = "HTTP 500";
    return out;
}

const Notify& first_message(const Decision& d) {
    for (const Effect& effect : d.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) return *notify;
    }
    throw std::runtime_error("no message");
}

constexpr auto kFailed = EffectOutcome::Delivery::kFailed;
constexpr auto kStuck = EffectOutcome::Delivery::kStuck;

}  // namespace

TEST_CASE("a message that fails goes by the person's next contact, before the next step") {
    const World w = world();
    const Decision opened = w.opened();
    REQUIRE(opened.next.priority == Priority::kP3);
    const Notify& mail = first_message(opened);
    const Decision d = w.on(opened.next, outcome(kFailed, mail));
    CHECK(kinds(d) == "not_told fell_back");
    CHECK(told(d) == "li.na opened");
    CHECK(first_message(d).channel == "sms");
    CHECK(first_message(d).step == mail.step);
    CHECK(d.next.step == 1);
    // When that fails too, the next step does not wait.
    const Decision both = w.on(d.next, outcome(kFailed, first_message(d)));
    CHECK(both.next.step == 2);
    CHECK(kinds(both) == "not_told step");
}

TEST_CASE("a stuck message is told another way and goes on being tried") {
    const World w = world();
    const Decision opened = w.opened();
    const Decision d = w.on(opened.next, outcome(kStuck, first_message(opened)));
    CHECK(kinds(d) == "fell_back");
    CHECK(first_message(d).channel == "sms");
    CHECK(d.next.step_told == opened.next.step_told + 1);
    CHECK(d.next.step_failed == 0);
    // Nobody else to ask: nothing changes, nothing is said.
    const World alone;
    const Decision none =
        alone.on(alone.opened().next, outcome(kStuck, first_message(alone.opened())));
    CHECK_FALSE(none.changed);
}

TEST_CASE("what has become pointless does not go another way") {
    const World w = world();
    const Notify ask = first_message(w.opened());
    Notify end = ask;
    end.kind = MessageKind::kResolved;
    end.step = 0;
    struct Case {
        State state;
        Notify notify;
        bool goes;
    };
    for (const Case& c :
         {Case{State::kTriggered, ask, true}, Case{State::kAcknowledged, ask, false},
          Case{State::kPending, ask, false}, Case{State::kResolved, ask, false},
          Case{State::kClosed, ask, false}, Case{State::kResolved, end, true},
          Case{State::kClosed, end, true}, Case{State::kTriggered, end, false}}) {
        INFO(to_string(c.state) << " " << to_string(c.notify.kind));
        const Decision d = w.on(w.in_state(c.state), outcome(kFailed, c.notify));
        CHECK((kinds(d).find("fell_back") != std::string::npos) == c.goes);
    }
}

TEST_CASE("whoever was told of the opening is told of the end, whoever owns it") {
    World w;
    Decision d = w.opened();
    w.now += 10min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});  // li.na and zhao.lei
    d = w.on(d.next, World::act(ActionKind::kAcknowledge, "wang.wei"));
    d = w.on(d.next, World::act(ActionKind::kResolve, "wang.wei"));
    CHECK(told(d) == "li.na resolved, zhao.lei resolved");  // not whoever resolved it
}
