// Who watches an incident.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("watchers come and go, and hear the end") {
    World w;
    UserAction watch = World::act(ActionKind::kWatch, "chen.yu");
    Decision d = w.on(w.in_state(State::kAcknowledged), watch);
    CHECK(d.next.watchers == std::vector<std::string>{"person:chen.yu"});
    CHECK_FALSE(w.on(d.next, watch).changed);
    Decision end = w.on(d.next, World::act(ActionKind::kResolve));
    CHECK(told(end) == "chen.yu resolved");
    d = w.on(d.next, World::act(ActionKind::kUnwatch, "chen.yu"));
    CHECK(d.next.watchers.empty());
}

TEST_CASE("who watches is one whom bridge.yml has, else nobody would hear it") {
    World w;
    UserAction watch = World::act(ActionKind::kWatch, "li.na");
    for (const char* who : {"team:dba", "lead:web", "vendor:acme", "person:chen.yu", "zhao.lei",
                            "manager-of:li.na"}) {
        INFO(who);
        watch.person = who;
        CHECK_FALSE(w.on(w.opened().next, watch).refusal);
    }
    for (const char* who : {"team:x", "manager:x", "vendor:x", "rotation:x", "person:x", "x",
                            "manager-of:x", "manager-of:rotation:x"}) {
        watch.person = who;
        const Decision d = w.on(w.opened().next, watch);
        REQUIRE(d.refusal);
        CHECK(d.refusal->message() == "nobody is named \"" + std::string(who) + "\"");
    }
    const Decision own = w.on(w.opened().next, World::act(ActionKind::kWatch, "a-script"));
    REQUIRE(own.refusal);
    CHECK(own.refusal->message() == "nobody is named \"a-script\"");
}
