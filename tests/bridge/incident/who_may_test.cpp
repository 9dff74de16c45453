// Semantics 8: a responder moves the team's own incidents, and what they were told of.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// An incident of team web, of which li.na was told; chen.yu is of team dba.
struct TeamWorld : World {
    [[nodiscard]] UserAction by(ActionKind kind, std::string_view actor) const {
        UserAction action = act(kind, actor);
        action.text = "because";
        action.person = "zhao.lei";
        action.priority = Priority::kP1;
        action.link = "https://wiki.example/";
        action.until = now + 1h;
        return action;
    }
    [[nodiscard]] bool forbids(const Incident& in, const UserAction& action) const {
        const Decision d = on(in, action);
        return d.refusal && d.refusal->code == Refusal::Code::kForbidden;
    }
};

}  // namespace

TEST_CASE("a responder of another team notes, links and watches, and moves nothing") {
    const TeamWorld w;
    const Incident in = w.in_state(State::kTriggered);
    for (const ActionKind kind : possible_actions(in)) {
        if (kind == ActionKind::kMerge || kind == ActionKind::kSplit) continue;  // below
        const bool everybodys = kind == ActionKind::kNote || kind == ActionKind::kWatch ||
                                kind == ActionKind::kUnwatch || kind == ActionKind::kLink;
        INFO(to_string(kind));
        CHECK(w.forbids(in, w.by(kind, "chen.yu")) != everybodys);
        CHECK_FALSE(w.forbids(in, w.by(kind, "zhao.lei")));
    }
    UserAction answer = w.by(ActionKind::kNote, "chen.yu");
    answer.audience = Audience::kPublic;
    CHECK(w.forbids(in, answer));
}

TEST_CASE("the refusal says whom to ask and what is possible all the same") {
    TeamWorld w;
    const auto said = [&](State state) {
        return w.on(w.in_state(state), w.by(ActionKind::kResolve, "chen.yu")).refusal.value();
    };
    const std::string rest = "; you can note, link and watch";
    CHECK(said(State::kTriggered).message() ==
          "INC-2026-000001 is team web's: ask zhao.lei" + rest);
    CHECK(said(State::kAcknowledged).message() ==
          "INC-2026-000001 is team web's: ask li.na" + rest);
    CHECK(said(State::kTriggered).possible == std::vector{ActionKind::kNote, ActionKind::kWatch,
                                                          ActionKind::kUnwatch, ActionKind::kLink});
    w.oncall.teams[0].lead.clear();
    CHECK(said(State::kTriggered).message() ==
          "INC-2026-000001 is team web's: ask li.na, zhao.lei" + rest);
}

TEST_CASE("who may move an incident") {
    TeamWorld w;
    Incident in = w.in_state(State::kTriggered);
    UserAction take = w.by(ActionKind::kAcknowledge, "chen.yu");
    SECTION("nobody of another team") {
        CHECK(w.forbids(in, take));
        return;
    }
    SECTION("whom its ladder told") {
        in.told.emplace_back("chen.yu");
    }
    SECTION("who was asked to take it") {
        in.assignee = "chen.yu";
    }
    SECTION("who commands the major incident") {
        in.facts.major = Major{};
        in.facts.major->commander = "chen.yu";
    }
    SECTION("an admin") {
        take.authority = Authority::kAdmin;
    }
    SECTION("the team's manager") {
        take.actor = "wang.wei";
    }
    SECTION("a script, which is none of the people") {
        take.actor = "deploy-bot";
    }
    SECTION("anybody, of no team's") {
        in.team.clear();
    }
    SECTION("anybody, of a team that is gone") {
        in.team = "gone";
    }
    SECTION("anybody, of a team of nobody") {
        w.oncall.teams[0] = {"web", "web", "", "", {}};
    }
    CHECK(w.on(in, take).next.state == State::kAcknowledged);
}

TEST_CASE("who reported it confirms it, whatever their team") {
    const TeamWorld w;
    Incident in = w.in_state(State::kResolved);
    in.facts.reporter = Reporter{"chen.yu", "", ""};
    CHECK(w.on(in, w.by(ActionKind::kConfirm, "chen.yu")).next.state == State::kClosed);
    CHECK(w.forbids(in, w.by(ActionKind::kClose, "chen.yu")));
}

TEST_CASE("merging asks for both incidents, splitting for the one") {
    const TeamWorld w;
    const Incident one = w.in_state(State::kTriggered);
    Incident other = one;
    other.key = "INC-2026-000002";
    other.team = "dba";
    const UserAction chen = w.by(ActionKind::kMerge, "chen.yu");
    for (const bool into_theirs : {true, false}) {
        const Merging both = into_theirs ? merge(one, other, chen, w.context(), w.context(), w.now)
                                         : merge(other, one, chen, w.context(), w.context(), w.now);
        REQUIRE(both.loser.refusal);
        CHECK(both.loser.refusal->code == Refusal::Code::kForbidden);
        CHECK(both.loser.refusal->message().find("INC-2026-000001 is team web's") == 0);
    }
    const Splitting parts =
        split(one, w.by(ActionKind::kSplit, "chen.yu"), "INC-2026-000003", w.context(), w.now);
    REQUIRE(parts.rest.refusal);
    CHECK(parts.rest.refusal->code == Refusal::Code::kForbidden);
}
