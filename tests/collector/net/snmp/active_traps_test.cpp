// What traps have raised, until it is cleared, over a restart.
#include "collector/net/snmp/active_traps.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);
using Kind = TrapEvent::Kind;
using Taken = ActiveTraps::Taken;

struct World {
    TrapMapping link;
    TrapMapping start;
    ActiveTraps active;

    World() {
        link.alert = "LinkDown";
        link.severity = "warning";
        start.alert = "Restarted";
        start.severity = "info";
        start.hold = 10min;
    }
    Taken take(Kind kind, const TrapMapping& mapping, const std::string& instance,
               TrapLabels identity = {}, TrapLabels details = {}, Timestamp now = kNow) {
        return active.take({kind, &mapping, std::move(identity), std::move(details)}, instance,
                           now);
    }
    // "alert instance label …" of each.
    std::vector<std::string> told(Timestamp now = kNow) {
        std::vector<std::string> out;
        for (const ActiveTrap* trap : active.report(now)) {
            std::string text = trap->alert + " " + trap->instance;
            for (const auto& [name, value] : trap->identity) text += " " + name + "=" + value;
            for (const auto& [name, value] : trap->details) text += "|" + name + "=" + value;
            out.push_back(text);
        }
        return out;
    }
};

using Told = std::vector<std::string>;
const TrapLabels kPort1{{"ifIndex", "1"}};
const TrapLabels kPort2{{"ifIndex", "2"}};

}  // namespace

TEST_CASE("an alert is active from its trap until the one that clears it") {
    World w;
    CHECK(w.take(Kind::kFires, w.link, "sw1", kPort1) == Taken::kDone);
    CHECK(w.take(Kind::kFires, w.link, "sw1", kPort2) == Taken::kDone);
    CHECK(w.take(Kind::kFires, w.link, "sw2", kPort1) == Taken::kDone);
    CHECK(w.told() ==
          Told{"LinkDown sw1 ifIndex=1", "LinkDown sw1 ifIndex=2", "LinkDown sw2 ifIndex=1"});
    CHECK(w.take(Kind::kClears, w.link, "sw1", kPort1) == Taken::kDone);
    CHECK(w.told() == Told{"LinkDown sw1 ifIndex=2", "LinkDown sw2 ifIndex=1"});
    CHECK(w.take(Kind::kClears, w.link, "sw1", kPort1) == Taken::kNothing);
    CHECK(w.take(Kind::kClears, w.link, "sw3") == Taken::kNothing);
}

TEST_CASE("what clears without saying which clears all of its device") {
    World w;
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    w.take(Kind::kFires, w.link, "sw1", kPort2);
    w.take(Kind::kFires, w.link, "sw10", kPort1);
    w.told();
    CHECK(w.take(Kind::kClears, w.link, "sw1", {{"other", "x"}}) == Taken::kDone);
    CHECK(w.told() == Told{"LinkDown sw10 ifIndex=1"});
}

TEST_CASE("the same trap again is the same alert, with its new details and time") {
    World w;
    w.take(Kind::kFires, w.start, "sw1", {}, {{"why", "power"}});
    w.take(Kind::kFires, w.start, "sw1", {}, {{"why", "button"}}, kNow + 5min);
    CHECK(w.told(kNow + 14min) == Told{"Restarted sw1|why=button"});
    CHECK(w.told(kNow + 15min).empty());
    CHECK(w.active.size() == 0);
}

TEST_CASE("what came and went between two reports is told once") {
    World w;
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    w.take(Kind::kClears, w.link, "sw1", kPort1);
    CHECK(w.told() == Told{"LinkDown sw1 ifIndex=1"});
    CHECK(w.told().empty());
    w.take(Kind::kFires, w.start, "sw1");
    CHECK(w.told(kNow + 1h) == Told{"Restarted sw1"});
    CHECK(w.told(kNow + 1h).empty());
    // Told, cleared and back again before the next report: it never went.
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    w.told();
    w.take(Kind::kClears, w.link, "sw1", kPort1);
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    CHECK(w.told() == Told{"LinkDown sw1 ifIndex=1"});
    CHECK(w.told() == Told{"LinkDown sw1 ifIndex=1"});
}

TEST_CASE("there are never more than the most") {
    World w;
    for (std::size_t i = 0; i < ActiveTraps::kMost; ++i) {
        w.take(Kind::kFires, w.link, "sw1", {{"n", std::to_string(i)}});
    }
    CHECK(w.take(Kind::kFires, w.link, "sw1", {{"n", "one more"}}) == Taken::kFull);
    CHECK(w.take(Kind::kFires, w.link, "sw1", {{"n", "7"}}) == Taken::kDone);
    CHECK(w.active.size() == ActiveTraps::kMost);
}

TEST_CASE("what is printed reads back, whatever devices say") {
    World w;
    w.take(Kind::kFires, w.link, "fe80::1%eth0", {{"a", "x=1, y z\n%"}, {"b", "\xEF\xBF\xBD"}},
           {{"c", "-"}});
    w.take(Kind::kFires, w.start, "sw1");
    w.take(Kind::kClears, w.link, "fe80::1%eth0");
    auto back = ActiveTraps::parse(w.active.print());
    REQUIRE(back);
    CHECK(back->print() == w.active.print());
    World again;
    again.active = *back;
    CHECK(again.told() == w.told());
    CHECK(again.told(kNow + 10min).empty());
    CHECK(ActiveTraps::parse(ActiveTraps().print()));
}

TEST_CASE("a state that was cut or written by another hand is none") {
    World w;
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    const std::string whole = w.active.print();
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        INFO(i);
        CHECK_FALSE(ActiveTraps::parse(std::string_view(whole).substr(0, i)));
    }
    const std::string title = "tocsin active traps 1\n";
    for (const char* line :
         {"active A b c 0 4 - -", "active A b c -1 0 - -", "active A b c 0 0 - - -",
          "active A b c 0 0 x -", "active A b c 0 0 1a=x -", "active A b 0 0 - -", "other"}) {
        INFO(line);
        CHECK_FALSE(ActiveTraps::parse(title + line + "\nend\n"));
    }
    CHECK(ActiveTraps::parse(title + "active A b c 0 0 - -\nend\n"));
}

TEST_CASE("it says when there is something to save") {
    World w;
    CHECK_FALSE(w.active.changed());
    w.take(Kind::kFires, w.start, "sw1");
    CHECK(w.active.changed());
    CHECK_FALSE(w.active.changed());
    w.told();
    CHECK(w.active.changed());  // that it has been told
    w.told();
    CHECK_FALSE(w.active.changed());
    w.told(kNow + 1h);
    CHECK(w.active.changed());
}

TEST_CASE("alerts that no mapping raises any more are forgotten") {
    World w;
    w.take(Kind::kFires, w.link, "sw1", kPort1);
    w.take(Kind::kFires, w.start, "sw1");
    w.active.keep_only({{"start", w.start}});
    CHECK(w.told() == Told{"Restarted sw1"});
}
