// Who hears of an incident, by which step, and what is not told any more.
#include <catch2/catch.hpp>

#include "bridge/oncall/ladder.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("a raise after the ladder's end starts it again") {
    World w;
    Decision d = w.opened();
    for (int i = 0; i < 3; ++i) d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(d.next.step == 3);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.step == 1);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 10min);
}

TEST_CASE(
    "whoever was told of the opening hears of the end, though no contact serves it any more") {
    World w;
    w.oncall.people[0].contacts[0].priorities = {Priority::kP1};
    Incident in = w.in_state(State::kAcknowledged);
    in.told = {"li.na", "acme"};
    REQUIRE(in.priority != Priority::kP1);
    CHECK(told(w.on(in, World::act(ActionKind::kResolve, "wang.wei"))) ==
          "li.na resolved, acme resolved");
}

TEST_CASE("a contact's delay is for being asked, the end is told by it at once") {
    World w;
    w.oncall.people[0].contacts[0].after = 5min;
    const auto at = [](const Decision& d) {
        return std::get<Notify>(d.effects.front()).not_before;
    };
    Decision d = w.opened();
    CHECK(at(d) == w.now + 5min);
    d = w.on(d.next, World::act(ActionKind::kResolve, "wang.wei"));
    REQUIRE(told(d).find("li.na resolved") != std::string::npos);
    for (const Effect& effect : d.effects) {
        const auto* message = std::get_if<Notify>(&effect);
        if (message != nullptr) CHECK(message->not_before == w.now);
    }
}

namespace {

// li.na hears by a program, by a group and by a contact of her own.
void give_three_contacts(World& w) {
    std::vector<Contact>& contacts = w.oncall.people[0].contacts;
    contacts.resize(1);
    contacts[0].channel = "mail";
    for (const auto& [channel, readership] :
         {std::pair{"pager", Readership::kProgram}, {"group", Readership::kGroup}}) {
        Contact other = contacts[0];
        other.channel = channel;
        other.readership = readership;
        contacts.push_back(other);
    }
}

// "mail opened, pager opened".
std::string by(const Decision& decision) {
    std::string out;
    for (const Effect& effect : decision.effects) {
        const auto* notify = std::get_if<Notify>(&effect);
        if (notify == nullptr || notify->person != "li.na") continue;
        if (!out.empty()) out += ", ";
        out += notify->channel + " " + std::string(to_string(notify->kind));
    }
    return out;
}

}  // namespace

TEST_CASE("a program hears of an acknowledge, and of every end with the group") {
    World w;
    give_three_contacts(w);
    Decision d = w.opened();
    CHECK(by(d) == "mail opened, pager opened, group opened");
    d = w.on(d.next, World::act(ActionKind::kAcknowledge));
    CHECK(by(d) == "pager acknowledged");
    // Who ended it knows; what they share with others does not.
    CHECK(by(w.on(d.next, World::act(ActionKind::kResolve))) == "group resolved, pager resolved");
    CHECK(by(w.on(d.next, World::act(ActionKind::kResolve, "zhao.lei"))) ==
          "mail resolved, group resolved, pager resolved");
}

TEST_CASE("a program hears of an end at once, people when they may be told") {
    World w;
    give_three_contacts(w);
    Calendar night;
    night.always = false;
    night.zone = Zone{};
    w.oncall.hours.resolved = std::make_shared<const Calendar>(night);  // nobody, ever
    const Decision d = w.on(w.opened().next, World::act(ActionKind::kResolve, "zhao.lei"));
    CHECK(by(d) == "pager acknowledged, mail resolved, group resolved, pager resolved");
    for (const Effect& effect : d.effects) {
        const auto* notify = std::get_if<Notify>(&effect);
        if (notify == nullptr || notify->person != "li.na") continue;
        CHECK((notify->not_before == w.now) == (notify->channel == "pager"));
    }
}

TEST_CASE("a program hears of each person whom it is for, a shared number rings once") {
    World w;
    const auto readership = GENERATE(Readership::kProgram, Readership::kPerson);
    for (Person& person : w.oncall.people) {
        person.contacts.resize(1);
        person.contacts[0].channel = "hook";
        person.contacts[0].address = "https://hooks.example";
        person.contacts[0].readership = readership;
        person.contacts[0].priorities.assign(kPriorities.begin(), kPriorities.end());
    }
    const auto tells =
        contacts_of({&w.oncall.people[0], &w.oncall.people[1]}, Priority::kP1, w.now);
    CHECK(tells.size() == (readership == Readership::kProgram ? 2U : 1U));
}

TEST_CASE("when every message of a step fails, the next step does not wait") {
    World w;
    Decision d = w.opened();
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    failed.detail = "550 no such user";
    failed.notify = std::get<Notify>(d.effects.front());
    d = w.on(d.next, failed);
    CHECK(d.next.step == 2);
    CHECK(kinds(d) == "not_told step");
    failed.notify.step = 2;
    const Decision one_of_two = w.on(d.next, failed);
    CHECK(one_of_two.next.step == 2);
    CHECK(one_of_two.next.step_failed == 1);
}

TEST_CASE("watchers of `also` routes hear the opening and the end") {
    World w;
    Route managers;
    managers.name = "managers";
    managers.also = true;
    managers.tell = {{Target::Kind::kTeam, "dba"}};
    const Opening opening{"INC-1", "k", w.alert("disk", "warning"), {&managers}};
    Decision d = open(opening, w.context(), w.now);
    CHECK(told(d) == "li.na opened, chen.yu opened");
    d = w.on(d.next, w.cleared("disk"));
    w.now += 1min;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(told(d) == "li.na resolved, chen.yu resolved");
}

TEST_CASE("without a policy nobody is told, which is said once, and the timer goes on") {
    World w;
    w.route.team = w.route.policy = "";
    Decision d = w.opened();
    CHECK(kinds(d) == "opened nobody");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(kinds(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
}

TEST_CASE("a first step with a time of its own waits for it") {
    World w;
    w.oncall.policies[0].response[0].after = 5min;
    Decision d = w.opened();
    CHECK(told(d).empty());
    REQUIRE(timer(d, TimerKind::kEscalation) == w.now + 5min);
    w.now += 5min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na opened");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 5min);
}

TEST_CASE("a title is the summary in one line, cut between characters") {
    World w;
    AlertRecord alert = w.alert("disk", "warning");
    alert.annotations["summary"] = " / is\n93 % full ";
    CHECK(open({"INC-1", "k", alert, {}}, w.context(), w.now).next.title == "/ is 93 % full");
    std::string longer;
    for (int i = 0; i < 100; ++i) longer += "盘";  // three bytes each
    alert.annotations["summary"] = longer;
    const std::string title = open({"INC-1", "k", alert, {}}, w.context(), w.now).next.title;
    CHECK(title == longer.substr(0, 198) + "…");
}

TEST_CASE("an acknowledge leaves nothing to ask, an end leaves nothing at all to tell of before") {
    struct Case {
        MessageKind kind;
        int step;
        bool asks;
    };
    for (const Case& c :
         {Case{MessageKind::kOpened, 1, true}, Case{MessageKind::kOpened, 0, false},
          Case{MessageKind::kEscalated, 2, true}, Case{MessageKind::kReminder, 2, true},
          Case{MessageKind::kReopened, 0, true}, Case{MessageKind::kStillFiring, 1, true},
          Case{MessageKind::kRaised, 0, true}, Case{MessageKind::kJoined, 0, true},
          Case{MessageKind::kAssigned, 0, true}, Case{MessageKind::kLapsed, 0, true},
          Case{MessageKind::kNobody, 0, true}, Case{MessageKind::kHandedOver, 1, true},
          Case{MessageKind::kResolved, 0, false}}) {
        CAPTURE(to_string(c.kind), c.step);
        Notify message;
        message.kind = c.kind;
        message.step = c.step;
        CHECK(is_dropped(DropWaiting::What::kAsks, message) == c.asks);
        CHECK(is_dropped(DropWaiting::What::kAll, message));
    }
}

TEST_CASE("of an address that is a URL no more than scheme and host is shown") {
    struct Case {
        const char* address;
        const char* shown;
    };
    for (const Case& c : {Case{"li.na@example.com", "li.na@example.com"}, Case{"", ""},
                          Case{"https://hooks.example/T0/B0/s3cret?x=1#y", "https://hooks.example"},
                          Case{"https://user:s3cret@hooks.example:8443/x", "https://hooks.example"},
                          Case{"http://[2001:db8::1]:80/x", "http://[2001:db8::1]"},
                          Case{"https://hooks.example?s3cret", "https://hooks.example"}}) {
        CAPTURE(c.address);
        Notify message;
        message.address = c.address;
        CHECK(shown_address(message) == c.shown);
    }
}

TEST_CASE("a raise tells those asked so far, and one dead channel among them wakes nobody early") {
    World w;
    Decision d = w.opened("warning");
    const int reached = d.next.step;
    const int told = d.next.step_told;
    REQUIRE(told > 0);
    w.now += 1min;
    d = w.on(d.next, w.firing("disk", "critical"));
    REQUIRE(d.next.step == reached);
    CHECK(d.next.step_told > told);
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    failed.notify.person = "li.na";
    failed.notify.channel = "sms";
    failed.notify.kind = MessageKind::kRaised;
    failed.notify.step = reached;
    d = w.on(d.next, failed);
    CHECK(d.next.step == reached);
}

TEST_CASE("after a reopening too, a step whose messages all fail does not hold up the next") {
    World w;
    Incident in = w.in_state(State::kResolved);  // li.na owned it, and is step 1
    w.now += 2min;
    Decision d = w.on(in, w.firing("disk", "warning"));
    REQUIRE(d.next.state == State::kTriggered);
    CHECK(told(d) == "li.na reopened");
    CHECK(d.next.step_told == 1);
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    for (const Effect& effect : d.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) failed.notify = *notify;
    }
    d = w.on(d.next, failed);
    CHECK(d.next.step == 2);
}

TEST_CASE("watchers hear that it is back") {
    World w;
    Incident in = w.in_state(State::kResolved);
    in.watchers = {"team:dba"};
    w.now += 2min;
    CHECK(told(w.on(in, w.firing("disk", "warning"))) == "li.na reopened, chen.yu reopened");
    CHECK(told(w.on(in, World::act(ActionKind::kReopen, "zhao.lei"))) ==
          "li.na reopened, chen.yu reopened");
}
