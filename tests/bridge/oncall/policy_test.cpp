// Ladders by priority, by hour, with repeats and with rotations.
#include <catch2/catch.hpp>

#include "bridge/oncall/ladder.h"
#include "tests/support/incident_world.h"
#include "tests/support/times.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::at;

namespace {

// 2026-01-05 is a Monday.
Hours hours(const std::string& text) {
    Calendar calendar;
    calendar.always = false;
    REQUIRE(add_hours(calendar.week, text));
    return std::make_shared<const Calendar>(calendar);
}

Rotation daily(const std::string& name, std::vector<std::string> in_turn,
               const std::string& only = "") {
    RotationLayer layer;
    layer.people = std::move(in_turn);
    layer.period = 24h;
    place(layer, parse_start("2026-01-05").value(), parse_daily("09:00").value());
    if (!only.empty()) {
        layer.only.always = false;
        REQUIRE(add_hours(layer.only.week, only));
    }
    Rotation rotation;
    rotation.name = name;
    rotation.layers = {layer};
    return rotation;
}

const Target kLi{Target::Kind::kPerson, "li.na"};
const Target kZhao{Target::Kind::kPerson, "zhao.lei"};
const Target kChen{Target::Kind::kPerson, "chen.yu"};
const Target kOnCall{Target::Kind::kRotation, "web"};

// Runs a ladder as the incident core does, without an acknowledge: "0s li.na, 10m zhao.lei".
std::string walk(const Oncall& oncall, const Policy& policy, Priority priority, Timestamp start,
                 int calls) {
    std::string out;
    Timestamp now = start + first_step_after(policy, priority, start);
    int reached = 0;
    int repeats = 0;
    for (int i = 0; i < calls; ++i) {
        auto plan = plan_repeat(oncall, &policy, reached, repeats, priority, now);
        const bool again = plan.has_value();
        if (!plan) plan = plan_step(oncall, &policy, reached, priority, now);
        repeats = again || plan->step <= reached ? repeats + 1 : 0;
        reached = plan->reached;
        out += (out.empty() ? "" : ", ") + format_duration(now - start) + " " +
               (plan->tell.empty() ? "-" : people(plan->tell));
        CHECK(plan->next_due > now);
        now = plan->next_due;
    }
    return out;
}

}  // namespace

TEST_CASE("steps by priority, by hour and with repeats come at their own times") {
    World w;
    struct Case {
        const char* what;
        std::vector<LadderStep> steps;
        Priority priority;
        const char* start;
        std::string expected;
    };
    const char* const noon = "2026-01-05T12:00:00Z";
    const char* const night = "2026-01-05T22:00:00Z";
    const std::vector<Case> cases = {
        {"a step of other priorities is none, and the next keeps its time",
         {{0s, {kLi}, 0s, {Priority::kP1}}, {10min, {kZhao}}, {20min, {kChen}}},
         Priority::kP3,
         noon,
         "10m zhao.lei, 20m chen.yu, 1d20m chen.yu"},
        {"in the middle",
         {{0s, {kLi}}, {10min, {kZhao}, 0s, {Priority::kP1}}, {20min, {kChen}}},
         Priority::kP2,
         noon,
         "0s li.na, 20m chen.yu, 50m chen.yu"},
        {"at the end the last that applies repeats",
         {{0s, {kLi}}, {10min, {kZhao}, 0s, {Priority::kP1}}},
         Priority::kP2,
         noon,
         "0s li.na, 30m li.na, 1h li.na"},
        {"by hour: by day",
         {{0s, {kLi}, 0s, {}, hours("mon-fri 09:00-18:00")}, {5min, {kZhao}}},
         Priority::kP2,
         noon,
         "0s li.na, 5m zhao.lei, 35m zhao.lei"},
        {"by hour: at night",
         {{0s, {kLi}, 0s, {}, hours("mon-fri 09:00-18:00")}, {5min, {kZhao}}},
         Priority::kP2,
         night,
         "5m zhao.lei, 35m zhao.lei, 1h5m zhao.lei"},
        {"a repeat until the next step",
         {{0s, {kLi}, 5min}, {12min, {kZhao}}},
         Priority::kP1,
         noon,
         "0s li.na, 5m li.na, 10m li.na, 12m zhao.lei, 42m zhao.lei"},
        {"a repeat that meets the next step is that step",
         {{0s, {kLi}, 5min}, {10min, {kZhao}}},
         Priority::kP1,
         noon,
         "0s li.na, 5m li.na, 10m zhao.lei"},
        {"the last step's own repeat",
         {{0s, {kLi}}, {10min, {kZhao}, 7min}},
         Priority::kP3,
         noon,
         "0s li.na, 10m zhao.lei, 17m zhao.lei, 24m zhao.lei"},
        {"a repeat longer than the gap is none",
         {{0s, {kLi}, 1h}, {10min, {kZhao}}},
         Priority::kP1,
         noon,
         "0s li.na, 10m zhao.lei"},
        {"nothing for this priority",
         {{0s, {kLi}, 0s, {Priority::kP1}}},
         Priority::kP4,
         noon,
         "0s -, 1d -"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        const Policy policy{"web", c.steps};
        const auto calls = static_cast<int>(std::count(c.expected.begin(), c.expected.end(), ','));
        CHECK(walk(w.oncall, policy, c.priority, at(c.start), calls + 1) == c.expected);
    }
}

TEST_CASE("a rotation is looked up when its step is due") {
    World w;
    w.oncall.rotations = {daily("web", {"li.na", "zhao.lei"})};
    const Policy policy{"web", {{0s, {kOnCall}}}};
    CHECK(walk(w.oncall, policy, Priority::kP2, at("2026-01-05T08:40:00Z"), 1) == "0s -");
    CHECK(walk(w.oncall, policy, Priority::kP2, at("2026-01-05T09:00:00Z"), 1) == "0s li.na");
    // The hand-over at 09:00 lies between the step and its repetition.
    CHECK(walk(w.oncall, policy, Priority::kP2, at("2026-01-06T08:45:00Z"), 2) ==
          "0s li.na, 30m zhao.lei");
    w.oncall.set_overrides({{1, Override::Kind::kCover, "web", "chen.yu", "",
                             at("2026-01-06T00:00:00Z"), at("2026-01-07T00:00:00Z")}});
    CHECK(walk(w.oncall, policy, Priority::kP2, at("2026-01-06T08:45:00Z"), 2) ==
          "0s chen.yu, 30m chen.yu");
}

TEST_CASE("an empty rotation is skipped at once and the catch-all told, also beside others") {
    World w;
    w.oncall.rotations = {daily("web", {"li.na"}, "mon-fri 09:00-18:00")};
    w.oncall.catch_all = {kChen};
    const Policy alone{"web", {{0s, {kOnCall}}, {10min, {kZhao}}}};
    const Timestamp night = at("2026-01-06T02:00:00Z");
    StepPlan plan = plan_step(w.oncall, &alone, 0, Priority::kP1, night);
    CHECK(plan.skipped == std::vector<int>{1});
    CHECK(people(plan.tell) == "zhao.lei");
    CHECK(people(plan.catch_all) == "chen.yu");
    CHECK(plan.empty_rotations == std::vector<std::string>{"web"});
    const Policy beside{"web", {{0s, {kOnCall, kZhao}}}};
    plan = plan_step(w.oncall, &beside, 0, Priority::kP1, night);
    CHECK(plan.skipped.empty());
    CHECK(people(plan.tell) == "zhao.lei");
    CHECK(people(plan.catch_all) == "chen.yu");
    CHECK(plan_step(w.oncall, &beside, 0, Priority::kP1, at("2026-01-06T10:00:00Z"))
              .catch_all.empty());
}

TEST_CASE("targets find their people") {
    World w;
    w.oncall.rotations = {daily("web", {"li.na", "wang.wei"})};
    const Timestamp monday = at("2026-01-05T12:00:00Z");
    struct Case {
        const char* target;
        Timestamp now;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"rotation:web", monday, "li.na"},
        {"rotation:web", monday + 24h, "wang.wei"},
        {"rotation:none", monday, ""},
        {"manager-of:li.na", monday, "wang.wei"},
        {"manager-of:zhao.lei", monday, "wang.wei"},
        {"manager-of:chen.yu", monday, ""},   // the team has none
        {"manager-of:wang.wei", monday, ""},  // nobody's manager is theirs
        {"manager-of:rotation:web", monday, "wang.wei"},
        {"manager-of:rotation:web", monday + 24h, ""},
    };
    for (const Case& c : cases) {
        std::string got;
        for (const Person* p : w.oncall.resolve({*parse_target(c.target)}, c.now)) got += p->name;
        INFO(c.target);
        CHECK(got == c.expected);
    }
}

TEST_CASE("an override of somebody or something that is gone does not count") {
    World w;
    w.oncall.rotations = {daily("web", {"li.na"})};
    const Timestamp from = at("2026-01-05T09:00:00Z");
    const auto cover = [&](std::int64_t id, std::string rotation, std::string person) {
        return Override{
            id,        Override::Kind::kCover, std::move(rotation), std::move(person), "", from,
            from + 24h};
    };
    w.oncall.set_overrides({cover(1, "web", "left.long.ago"),
                            cover(2, "gone", "chen.yu"),
                            {3, Override::Kind::kSwap, "web", "chen.yu", "gone", from, from + 1h}});
    CHECK(w.oncall.overrides.empty());
    CHECK(w.oncall.resolve({kOnCall}, from).at(0)->name == "li.na");
}

TEST_CASE("a contact with hours is used in them alone") {
    World w;
    w.oncall.people[0].contacts = {
        {"chat", "li", all_priorities(), 0s, hours("mon-fri 09:00-18:00")},
        {"sms", "138", {Priority::kP1}, 0s}};
    struct Case {
        Priority priority;
        const char* now;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {Priority::kP1, "2026-01-05T12:00:00Z", "chat sms "},
        {Priority::kP1, "2026-01-05T20:00:00Z", "sms "},
        {Priority::kP2, "2026-01-05T12:00:00Z", "chat "},
        {Priority::kP2, "2026-01-05T20:00:00Z", ""},
    };
    for (const Case& c : cases) {
        std::string channels;
        for (const Tell& tell : contacts_of(w.oncall, {kLi}, c.priority, at(c.now))) {
            channels += tell.channel + " ";
        }
        INFO(to_string(c.priority) << " " << c.now);
        CHECK(channels == c.expected);
    }
}
