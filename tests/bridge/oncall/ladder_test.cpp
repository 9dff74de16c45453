#include <catch2/catch.hpp>

#include "bridge/oncall/ladder.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("a ladder's steps, by what was reached and by priority") {
    World w;
    struct Case {
        int reached;
        Priority priority;
        std::string tell;
        int step;
        int after;
        Duration next;
        bool repeats_next;
    };
    const std::vector<Case> cases = {
        {0, Priority::kP2, "li.na", 1, 1, 10min, false},
        {1, Priority::kP2, "li.na,zhao.lei", 2, 2, 10min, false},
        {2, Priority::kP2, "wang.wei", 3, 3, 30min, true},
        {3, Priority::kP2, "wang.wei", 3, 3, 30min, true},
        {3, Priority::kP1, "wang.wei", 3, 3, 30min, true},
        // For P3 the manager has no contact: the step is empty, and the one before repeats.
        {2, Priority::kP3, "li.na,zhao.lei", 2, 3, 24h, true},
        {3, Priority::kP3, "li.na,zhao.lei", 2, 3, 24h, true},
        {9, Priority::kP4, "li.na,zhao.lei", 2, 3, 24h, true},
    };
    for (const Case& c : cases) {
        const StepPlan plan =
            plan_step(w.oncall, w.oncall.policy("web"), c.reached, c.priority, kStart);
        INFO(c.reached << " " << to_string(c.priority));
        CHECK(people(plan.tell) == c.tell);
        CHECK(plan.step == c.step);
        CHECK(plan.reached == c.after);
        CHECK(plan.next_due - kStart == c.next);
        CHECK((plan.next == StepPlan::Next::kRepeat) == c.repeats_next);
    }
}

TEST_CASE("what the timer brings after each step, and which repeat it is at the end") {
    World w;
    const Policy* policy = w.oncall.policy("web");
    REQUIRE(policy->response.size() == 3);
    struct Case {
        int reached;
        int repeats;
        Priority priority;
        int step;
        int repeat;
    };
    for (const Case& c : {Case{0, 0, Priority::kP2, 1, 0}, Case{1, 0, Priority::kP2, 2, 0},
                          Case{2, 0, Priority::kP2, 3, 0}, Case{3, 0, Priority::kP2, 3, 1},
                          Case{3, 4, Priority::kP2, 3, 5},
                          // The third reaches nobody for P3: there is no third, and no fourth.
                          Case{2, 0, Priority::kP3, 2, 1}, Case{3, 1, Priority::kP3, 2, 2}}) {
        const NextStep next =
            next_after(w.oncall, policy, c.reached, c.repeats, c.priority, kStart, AskedNext::kNo);
        INFO(c.reached << " " << c.repeats << " " << to_string(c.priority));
        CHECK(next.step == c.step);
        CHECK(next.repeat == c.repeat);
    }
    CHECK(next_after(w.oncall, nullptr, 0, 0, Priority::kP2, kStart, AskedNext::kNo).step == 0);
}

TEST_CASE("a step that repeats before the next one does so, unless the next one was asked") {
    World w;
    w.oncall.policies[0].response[0].repeat = 2min;  // the second comes after ten
    const Policy* policy = w.oncall.policy("web");
    const auto next = [&](int repeats, AskedNext asked) {
        return next_after(w.oncall, policy, 1, repeats, Priority::kP2, kStart, asked);
    };
    CHECK(next(0, AskedNext::kNo).step == 1);
    CHECK(next(0, AskedNext::kNo).repeat == 1);
    CHECK(next(4, AskedNext::kNo).step == 2);
    CHECK(next(0, AskedNext::kYes).step == 2);
    CHECK(next(0, AskedNext::kYes).repeat == 0);
}

TEST_CASE("an empty step is skipped at once, and the catch-all hears of it") {
    World w;
    w.oncall.catch_all = {{Target::Kind::kPerson, "chen.yu"}};
    w.oncall.policies[0].response[0].tell = {{Target::Kind::kPerson, "gone"}};
    const StepPlan plan = plan_step(w.oncall, w.oncall.policy("web"), 0, Priority::kP2, kStart);
    CHECK(plan.skipped == std::vector<int>{1});
    CHECK(plan.step == 2);
    CHECK(people(plan.tell) == "li.na,zhao.lei");
    CHECK(people(plan.catch_all) == "chen.yu");
}

TEST_CASE("the catch-all hears when the ladder is at its end, not before") {
    World w;
    w.oncall.catch_all = {{Target::Kind::kPerson, "chen.yu"}};
    const Policy* policy = w.oncall.policy("web");
    CHECK(plan_step(w.oncall, policy, 2, Priority::kP2, kStart).catch_all.empty());
    CHECK(people(plan_step(w.oncall, policy, 3, Priority::kP2, kStart).catch_all) == "chen.yu");
}

TEST_CASE("without a policy there is still a time for the next look") {
    World w;
    const StepPlan plan = plan_step(w.oncall, nullptr, 0, Priority::kP1, kStart);
    CHECK(plan.tell.empty());
    CHECK(plan.step == 0);
    CHECK(plan.next_due == kStart + 30min);
}

TEST_CASE("a shared number rings once, a contact with `after` later") {
    World w;
    w.oncall.people[0].contacts = {{"sms", "138", all_priorities(), 5min}};
    w.oncall.people[1].contacts = {{"sms", "138", all_priorities(), Duration{0}},
                                   {"mail", "138", all_priorities(), Duration{0}}};
    const auto tells = contacts_of(w.oncall, {{Target::Kind::kTeam, "web"}}, Priority::kP1, kStart);
    REQUIRE(tells.size() == 2);
    CHECK(tells[0] == Tell{"li.na", "sms", "138", kStart + 5min});
    CHECK(tells[1] == Tell{"zhao.lei", "mail", "138", kStart});
}

TEST_CASE("targets read back, and their people come once each") {
    World w;
    for (const char* text : {"person:li.na", "team:web", "manager:web", "lead:web", "vendor:acme",
                             "rotation:web", "manager-of:li.na", "manager-of:rotation:web"}) {
        const auto target = parse_target(text);
        REQUIRE(target);
        CHECK(to_string(*target) == text);
    }
    for (const char* text : {"", "web", "team:", ":web", "rotations:web", "Team:web"}) {
        CHECK_FALSE(parse_target(text));
    }
    const auto found = w.oncall.resolve({{Target::Kind::kLead, "web"},
                                         {Target::Kind::kTeam, "web"},
                                         {Target::Kind::kManager, "dba"},
                                         {Target::Kind::kTeam, "none"}},
                                        kStart);
    REQUIRE(found.size() == 2);
    const auto vendors = w.oncall.resolve({{Target::Kind::kVendor, "acme"},
                                           {Target::Kind::kVendor, "li.na"},
                                           {Target::Kind::kPerson, "acme"}},
                                          kStart);
    REQUIRE(vendors.size() == 1);  // a vendor is no person, and no person a vendor
    CHECK(vendors[0]->name == "acme");
    CHECK(found[0]->name == "zhao.lei");
    CHECK(found[1]->name == "li.na");
}

TEST_CASE("without a catch-all of its own it is admins, else the team's, else everybody") {
    struct Case {
        const char* what;
        std::vector<std::string> admins;
        std::string lead;
        Oncall::CatchAll is;
        std::string told;
    };
    constexpr auto kByDefault = Oncall::CatchAll::kByDefault;
    for (const Case& c :
         {Case{"an admin", {"chen.yu"}, "zhao.lei", kByDefault, "chen.yu"},
          Case{"an admin without a contact", {"mute"}, "zhao.lei", kByDefault, "zhao.lei,wang.wei"},
          Case{"the team's", {}, "zhao.lei", kByDefault, "zhao.lei,wang.wei"},
          Case{"a list that is empty", {"chen.yu"}, "", Oncall::CatchAll::kAsListed, ""}}) {
        INFO(c.what);
        World w;
        w.oncall.people.push_back({"mute", "", "", {}});
        w.oncall.admins = c.admins;
        w.oncall.catch_all_is = c.is;
        w.oncall.teams[0].lead = c.lead;
        w.oncall.teams[0].manager = "wang.wei";
        Rotation empty;
        empty.name = "r";
        w.oncall.rotations = {empty};
        const Policy alone{"alone", {{0min, {{Target::Kind::kRotation, "r"}}}}};
        const StepPlan plan =
            plan_step(w.oncall, &alone, 0, Priority::kP2, kStart, w.oncall.teams[0].name);
        CHECK(plan.empty_rotations == std::vector<std::string>{"r"});
        CHECK(people(plan.catch_all) == c.told);
    }
}

TEST_CASE("of no team everybody with a contact is the catch-all, but for whom the step tells") {
    World w;
    w.oncall.catch_all_is = Oncall::CatchAll::kByDefault;
    const StepPlan none = plan_step(w.oncall, nullptr, 0, Priority::kP2, kStart);
    CHECK(none.catch_all.size() == w.oncall.people.size());
    const StepPlan end = plan_step(w.oncall, w.oncall.policy("web"), 3, Priority::kP2, kStart);
    CHECK(people(end.tell) == "wang.wei");
    CHECK(end.catch_all.size() == w.oncall.people.size() - 1);
    CHECK(people(end.catch_all).find("wang.wei") == std::string::npos);
}
