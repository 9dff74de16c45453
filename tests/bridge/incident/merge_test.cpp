// Two incidents made one, and one made two.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

UserAction merging(std::string_view actor = "zhao.lei") {
    UserAction action = World::act(ActionKind::kMerge, actor);
    action.text = "the same disk";
    return action;
}

Incident other(const World& w, std::string_view alert, std::string_view severity) {
    const Opening opening{"INC-2026-000002", "web:other", w.alert(alert, severity), {}};
    return open(opening, w.context(), w.now).next;
}

Merging merged(const World& w, const Incident& survivor, const Incident& loser) {
    return merge(survivor, loser, merging(), w.context(), w.context(), w.now);
}

}  // namespace

TEST_CASE("the loser closes and names the survivor, which takes its alerts, keys and watchers") {
    World w;
    Incident loser = other(w, "inodes", "warning");
    loser.watchers = {"team:dba"};
    loser.facts.more_keys = {"web:older"};
    const Merging both = merged(w, w.in_state(State::kTriggered), loser);
    REQUIRE_FALSE(both.survivor.refusal);
    CHECK(both.loser.next.state == State::kClosed);
    CHECK(both.loser.next.successor == "INC-2026-000001");
    CHECK(kinds(both.loser) == "merged");
    CHECK(told(both.loser).empty());
    for (const TimerKind kind : {TimerKind::kEscalation, TimerKind::kStability, TimerKind::kLapse,
                                 TimerKind::kSnooze, TimerKind::kPending}) {
        CHECK(cancels(both.loser, kind));
    }
    const Incident& survivor = both.survivor.next;
    CHECK(kinds(both.survivor) == "merged_in");
    CHECK(survivor.alerts.size() == 2);
    CHECK(survivor.facts.more_keys == std::vector<std::string>{"web:other", "web:older"});
    CHECK(survivor.watchers == std::vector<std::string>{"team:dba"});
    CHECK(survivor.facts.links ==
          std::vector<IncidentLink>{{"inodes on web-17", "INC-2026-000002"}});
}

TEST_CASE("a worse incident merged into one that somebody owns asks the owner again") {
    World w;
    const Merging both =
        merged(w, w.in_state(State::kAcknowledged), other(w, "inodes", "critical"));
    CHECK(both.survivor.next.priority == Priority::kP2);
    CHECK(both.survivor.next.state == State::kAcknowledged);
    CHECK(told(both.survivor) == "li.na joined");
    CHECK(timer(both.survivor, TimerKind::kLapse) == w.now + 15min);
    // A wait ends, as when an alert joins.
    CHECK(
        merged(w, w.in_state(State::kPending), other(w, "inodes", "warning")).survivor.next.state ==
        State::kAcknowledged);
}

TEST_CASE("alerts that fire end the survivor's stability window") {
    World w;
    const Incident clear = w.on(w.in_state(State::kAcknowledged), w.cleared("disk")).next;
    REQUIRE(clear.stable_since);
    const Merging both = merged(w, clear, other(w, "inodes", "warning"));
    CHECK_FALSE(both.survivor.next.stable_since);
    CHECK(cancels(both.survivor, TimerKind::kStability));
}

TEST_CASE("merged into what was reported: the title and the labels stay a person's") {
    World w;
    Report report;
    report.key = "INC-2026-000003";
    report.actor = "desk";
    report.symptom = "The shop is slow";
    report.reporter = {"ms.wu", "", ""};
    report.service = "shop";
    const Incident reported = open_report(report, {}, w.context(), w.now).next;
    const Merging both = merged(w, reported, other(w, "inodes", "critical"));
    CHECK(both.survivor.next.title == "The shop is slow");
    CHECK(both.survivor.next.labels.get("service") == "shop");
    CHECK(both.survivor.next.severity == "critical");
    // And the other way round the reporter comes along.
    Incident loser = reported;
    CHECK(merged(w, w.in_state(State::kAcknowledged), loser).survivor.next.facts.reporter->name ==
          "ms.wu");
}

TEST_CASE("everybody who reported it hears how it ends, and may confirm it") {
    World w;
    const auto reported = [&](const std::string& key, const std::string& name) {
        Report report;
        report.key = key;
        report.actor = "desk";
        report.symptom = "The shop is slow";
        report.reporter = {name, "mail", name + "@example.com"};
        return open_report(report, {}, w.context(), w.now).next;
    };
    Merging both =
        merged(w, reported("INC-2026-000003", "ms.wu"), reported("INC-2026-000004", "mr.li"));
    both = merged(w, both.survivor.next, reported("INC-2026-000005", "ms.wu"));
    CHECK(both.survivor.next.facts.more_reporters ==
          std::vector<Reporter>{{"mr.li", "mail", "mr.li@example.com"}});
    const Decision end = w.on(both.survivor.next, World::act(ActionKind::kResolve));
    CHECK(told(end) == "ms.wu ask_confirm, mr.li ask_confirm");
    UserAction confirm = World::act(ActionKind::kConfirm, "mr.li");
    confirm.authority = Authority::kReporter;
    CHECK(w.on(end.next, confirm).next.state == State::kClosed);
}

TEST_CASE("what cannot be merged says why, and neither changes") {
    World w;
    struct Case {
        State survivor;
        State loser;
        std::string message;
    };
    for (const Case& c : std::vector<Case>{
             {State::kResolved, State::kTriggered,
              "INC-2026-000001 is resolved; merge into one that is open, or reopen it first"},
             {State::kClosed, State::kTriggered,
              "INC-2026-000001 is closed; merge into one that is open"},
             {State::kTriggered, State::kClosed, "the incident is closed"},
         }) {
        Incident loser = w.in_state(c.loser);
        loser.key = "INC-2026-000002";
        const Incident survivor = w.in_state(c.survivor);
        const Merging both = merged(w, survivor, loser);
        REQUIRE(both.survivor.refusal);
        CHECK(both.survivor.refusal->message() == c.message);
        CHECK(both.survivor.next == survivor);
        CHECK(both.loser.next == loser);
    }
    Incident storm = w.in_state(State::kTriggered);
    storm.kind = Incident::Kind::kStorm;
    CHECK(merged(w, storm, other(w, "inodes", "warning")).survivor.refusal->message() ==
          "an incident that stands for a storm is not merged");
    const Incident same = w.in_state(State::kTriggered);
    CHECK(merged(w, same, same).survivor.refusal->message() ==
          "an incident is not merged into itself");
}

TEST_CASE("split off: the alerts go, the rest stays, the owner takes both") {
    World w;
    Incident in = w.on(w.in_state(State::kAcknowledged), w.firing("inodes", "critical")).next;
    UserAction action = World::act(ActionKind::kSplit);
    action.fingerprints = {w.alert("inodes", "critical").fingerprint};
    const Splitting done = split(in, action, "INC-2026-000009", w.context(), w.now);
    REQUIRE_FALSE(done.rest.refusal);
    REQUIRE(done.moved.size() == 1);
    CHECK(done.moved[0].labels.get("alertname") == "inodes");
    CHECK(done.owner == "li.na");
    CHECK(done.rest.next.alerts.size() == 1);
    CHECK(done.rest.next.severity == "warning");
    CHECK(kinds(done.rest) == "split_off");
}

TEST_CASE("split off what fires alone: the rest is clear, and its window begins") {
    World w;
    Incident in = w.on(w.in_state(State::kTriggered), w.firing("inodes", "warning")).next;
    in = w.on(in, w.cleared("disk")).next;
    UserAction action = World::act(ActionKind::kSplit);
    action.fingerprints = {w.alert("inodes", "warning").fingerprint};
    const Splitting done = split(in, action, "INC-2026-000009", w.context(), w.now);
    CHECK(done.rest.next.stable_since);
    CHECK(done.owner.empty());
}

TEST_CASE("what cannot be split says why") {
    World w;
    const auto refused = [&](const Incident& in, std::vector<std::string> fingerprints) {
        UserAction action = World::act(ActionKind::kSplit);
        action.fingerprints = std::move(fingerprints);
        const Splitting done = split(in, action, "INC-2026-000009", w.context(), w.now);
        REQUIRE(done.rest.refusal);
        CHECK(done.moved.empty());
        CHECK(done.rest.next == in);
        return done.rest.refusal->message();
    };
    const Incident one = w.in_state(State::kTriggered);
    const std::string disk = w.alert("disk", "warning").fingerprint;
    CHECK(refused(one, {}) == "split needs the fingerprints of alerts to split off");
    CHECK(refused(one, {disk}) == "an incident keeps at least one of its alerts");
    CHECK(refused(one, {"00"}) == "no alert that fires here has the fingerprint \"00\"");
    CHECK(refused(w.in_state(State::kResolved), {disk}) ==
          "split is not possible while the incident is resolved");
}
