// What opens again at once, or comes out at once of what held it back, is a storm as what opens is.
#include "holding.h"
#include "storming.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

// Each by itself: too slowly for a storm of more than three a minute.
void fire_slowly(StormLab& lab, int from, int to) {
    for (int i = from; i <= to; ++i) {
        lab.fire(i);
        lab.pass(21s);
    }
}

void clear_all(StormLab& lab, int from, int to) {
    for (int i = from; i <= to; ++i) lab.clear(i);
    lab.pass(3min);
}

int absorbed(StormLab& lab, int from, int to) {
    int n = 0;
    for (int i = from; i <= to; ++i) n += lab.of_host(i).absorbed ? 1 : 0;
    return n;
}

}  // namespace

TEST_CASE("a storm whose hosts fail again once it is over is that storm again, told once") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 6; ++i) lab.fire(i);
    clear_all(lab, 1, 6);
    REQUIRE(lab.parent().state == State::kResolved);
    lab.pass(10min);
    lab.told();
    for (int i = 1; i <= 6; ++i) {
        lab.fire(i);
        lab.pass(1s);
    }
    // What waited to be told of the first three gives way to it.
    CHECK(lab.told() == "storm 1");
    CHECK(lab.parents() == 1);
    CHECK(lab.parent().state == State::kTriggered);
    CHECK(lab.parent().reopen_count == 1);
    CHECK(lab.parent().children == 6);
    CHECK(absorbed(lab, 1, 6) == 6);
    clear_all(lab, 1, 6);
    CHECK(lab.parent().state == State::kResolved);
    CHECK(lab.told() == "resolved 1");
}

TEST_CASE("what failed one by one and fails again all at once is a storm") {
    StormLab lab(storm_config(3));
    fire_slowly(lab, 1, 6);
    REQUIRE(lab.parents() == 0);
    clear_all(lab, 1, 6);
    lab.told();
    for (int i = 1; i <= 6; ++i) lab.fire(i);
    CHECK(lab.told() == "storm 1");
    CHECK(lab.parent().children == 6);
    CHECK(absorbed(lab, 1, 6) == 6);
}

TEST_CASE("one that fires again while its group storms is part of the storm") {
    StormLab lab(storm_config(3));
    lab.fire(9);
    clear_all(lab, 9, 9);
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    lab.told();
    lab.pass(2min);
    lab.fire(9);
    CHECK(lab.told().empty());
    CHECK(lab.of_host(9).absorbed);
    CHECK(lab.parent().children == 6);
}

TEST_CASE("what a silence or a window lets go all at once is a storm") {
    StormLab lab(storm_config(3));
    fire_slowly(lab, 1, 3);
    PutSilenceIn window = silence_of(lab, "alertname=\"HighLoad\"", 0s, 10min);
    window.silence.kind = SuppressorKind::kMaintenance;
    window.silence.name = "patches";
    window.silence.settle = kMaintenanceSettle;
    REQUIRE(lab.put(window));
    for (int i = 4; i <= 5; ++i) lab.fire(i);  // outside of any incident
    lab.told();
    lab.pass(14min);
    CHECK(lab.told().empty());
    lab.pass(2min);
    CHECK(lab.told() == "storm 1");
    CHECK(lab.parent().children == 5);
    CHECK(absorbed(lab, 1, 5) == 5);
}

TEST_CASE("what was resolved by hand and still fires at once is a storm") {
    StormLab lab(storm_config(3));
    fire_slowly(lab, 1, 5);
    for (int i = 1; i <= 5; ++i) REQUIRE(lab.act(lab.of_host(i).key, ActionKind::kResolve));
    lab.told();
    lab.pass(11min);
    CHECK(lab.told() == "storm 1");
    CHECK(lab.parent().children == 5);
}

TEST_CASE("whoever owns what comes out keeps it, and it makes no storm") {
    StormLab lab(storm_config(3));
    fire_slowly(lab, 1, 5);
    for (int i = 1; i <= 5; ++i) REQUIRE(lab.act(lab.of_host(i).key, ActionKind::kAcknowledge));
    REQUIRE(lab.put(silence_of(lab, "alertname=\"HighLoad\"", 0s, 10min)));
    lab.told();
    lab.pass(11min);
    CHECK(lab.told() == "unsuppressed 5");
    CHECK(lab.parents() == 0);
}

TEST_CASE("what a person keeps open is part of no storm") {
    BridgeConfig config = storm_config(3);
    config.oncall.teams = {{"web", "web", "li.na", "", {"li.na"}}};
    config.routes.back().team = "web";
    StormLab lab(config);
    fire_slowly(lab, 1, 5);
    REQUIRE(lab.act(lab.of_host(1).key, ActionKind::kMajor));
    REQUIRE(lab.put(silence_of(lab, "alertname=\"HighLoad\"", 0s, 10min)));
    lab.pass(11min);
    CHECK_FALSE(lab.of_host(1).absorbed);
    CHECK(absorbed(lab, 2, 5) == 4);
}

TEST_CASE("the fuse counts what opens again") {
    StormLab lab(storm_config(0, 3));
    const auto post = [&](int i, Duration lasts) {
        REQUIRE(lab.post({agent_alert("Alert" + std::to_string(i), host(i), "warning", ++lab.seq,
                                      lab.clock.now() + lasts)}));
        lab.restart();
    };
    for (int i = 1; i <= 6; ++i) {
        post(i, 1h);
        lab.pass(21s);
    }
    for (int i = 1; i <= 6; ++i) post(i, 0s);
    lab.pass(3min);
    REQUIRE(lab.parents() == 0);
    lab.told();
    for (int i = 1; i <= 6; ++i) post(i, 1h);
    CHECK(lab.told() == "overflow 1, reopened 3");
    CHECK(lab.parent().children == 3);
}
