// Flapping over the real store, with the bridge killed between any two events.
#include "storming.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("a flapping alert is one open incident, over restarts, and its end is told") {
    StormLab lab;
    int messages = 0;
    for (int i = 0; i < 20; ++i) {
        lab.fire(1);
        messages += static_cast<int>(lab.deliver().size());
        lab.pass(30s);
        lab.clear(1);
        lab.pass(90s);
        messages += static_cast<int>(lab.deliver().size());
    }
    Incident in = lab.only().summary.incident;
    CHECK(in.state == State::kTriggered);
    REQUIRE(in.flapping_since);
    CHECK(in.reopen_count == 5);  // the sixth opening is the last that reopened it
    // opened, five ends and reopenings before it flaps, "flapping" as the last of these; then the
    // ladder's second step and its repetitions: nothing for each of the other fourteen times.
    CHECK(messages < 20);

    lab.clear(1);
    lab.pass(28min);
    lab.restart();
    CHECK(lab.only().summary.incident.flapping_since);
    lab.deliver();
    lab.pass(3min);
    in = lab.only().summary.incident;
    CHECK(in.state == State::kResolved);
    CHECK_FALSE(in.flapping_since);
    CHECK(lab.told() == "resolved 2");
    const auto lines = lab.kinds(in.key);
    CHECK(std::count(lines.begin(), lines.end(), "flapping") == 1);
    CHECK(std::count(lines.begin(), lines.end(), "flapping_ended") == 1);
}

TEST_CASE("a bridge that was away ends no flapping before its senders could speak") {
    StormLab lab;
    for (int i = 0; i < 6; ++i) {
        lab.fire(1);
        lab.pass(10s);
        lab.clear(1);
        lab.pass(70s);
    }
    REQUIRE(lab.only().summary.incident.flapping_since);
    lab.clock.advance(2h);
    lab.restart();
    lab.pass(30s);
    CHECK(lab.only().summary.incident.flapping_since);
    lab.pass(31s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
}

TEST_CASE("a flapping alert that is closed in between goes on counting") {
    BridgeConfig config = lab_config();
    config.routes.back().stable = 0s;
    StormLab lab(config);
    for (int i = 0; i < 6; ++i) {
        lab.fire(1);
        if (i == 5) break;
        lab.clear(1);
        REQUIRE(lab.act(lab.of_host(1).key, ActionKind::kClose));
        lab.pass(1min);
    }
    CHECK(lab.of_host(1).flapping_since);
}
