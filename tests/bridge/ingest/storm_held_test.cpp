// A storm is held back when all of what it stands over is (semantics 7).
#include "holding.h"
#include "storming.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

std::string held_by(StormLab& lab) {
    const auto by = lab.parent().suppressed;
    return by ? by->id : "";
}

bool says(StormLab& lab, const std::string& kind) {
    const auto kinds = lab.kinds(lab.parent().key);
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

TEST_CASE("a silence over all of a storm stops its ladder, its end starts it from step 1") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 6; ++i) lab.fire(i);
    CHECK(lab.told() == "storm 1");
    lab.pass(5min);
    const PutSilenceIn silence = silence_of(lab, "alertname=\"HighLoad\"", 0s, 30min);
    REQUIRE(lab.put(silence));
    lab.restart();
    CHECK(held_by(lab) == "silence-1");
    CHECK(lab.parent().suppressed->until == silence.silence.ends_at);
    lab.fire(7);
    lab.clear(6);
    lab.pass(29min);
    CHECK(held_by(lab) == "silence-1");
    // Whoever made it is told once, by the storm.
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: silence_ending"});

    lab.pass(2min);
    CHECK(held_by(lab).empty());
    CHECK(lab.told() == "unsuppressed 2");  // to the first step, and to whoever made the silence
    CHECK(says(lab, "suppressed"));
    CHECK(says(lab, "unsuppressed"));
    CHECK(lab.of_host(7).absorbed);
    lab.pass(11min);
    CHECK(lab.told() == "escalated 1");
}

TEST_CASE("a storm goes on while one of its incidents is not held back") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    lab.told();
    REQUIRE(lab.put(silence_of(lab, "host=~\"web-[1-4]\"", 0s, 1h)));
    CHECK(held_by(lab).empty());
    lab.pass(11min);
    CHECK(lab.told() == "escalated 1");
    // The last one too: held back as long as the longest of them.
    const PutSilenceIn last = silence_of(lab, "host=\"web-5\"", 0s, 2h, "silence-2");
    REQUIRE(lab.put(last));
    CHECK(held_by(lab) == "silence-2");
    CHECK(lab.parent().suppressed->until == last.silence.ends_at);
    lab.restart();
    REQUIRE(lab.put(ExpireSilenceIn{"silence-1"}));
    CHECK(held_by(lab).empty());
    CHECK(lab.told() == "unsuppressed 2");
}

TEST_CASE("a storm is held back once the last that was not has ended") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    lab.told();
    REQUIRE(lab.put(silence_of(lab, "host=~\"web-[1-4]\"", 0s, 1h)));
    lab.clear(5);
    lab.pass(62s);
    CHECK(held_by(lab) == "silence-1");
    CHECK(lab.told().empty());
}

TEST_CASE("an owner of a storm that comes out is told of it, and of none of its incidents") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    REQUIRE(lab.act(lab.parent().key, ActionKind::kAcknowledge));
    REQUIRE(lab.put(silence_of(lab, "alertname=\"HighLoad\"", 0s, 30min)));
    lab.told();
    CHECK(held_by(lab) == "silence-1");
    lab.pass(31min);
    CHECK(lab.told() == "silence_ending 1, unsuppressed 1");
    CHECK(lab.parent().state == State::kAcknowledged);
}

TEST_CASE("what fires first and inhibits later holds back the storm as its incidents") {
    BridgeConfig config = storm_config(3);
    InhibitRule rule;
    rule.source = {parse_matcher("alertname=\"Switch\"").value()};
    rule.target = {parse_matcher("alertname=\"HighLoad\"").value()};
    config.inhibit = {rule};
    StormLab lab(config);
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    lab.pass(3min);
    lab.told();
    REQUIRE(lab.post({agent_alert("Switch", "sw", "critical", 1, lab.clock.now() + 1h)}));
    CHECK(lab.told() == "opened 1");
    REQUIRE(lab.parent().suppressed);
    CHECK(lab.parent().suppressed->kind == SuppressorKind::kInhibit);
    lab.pass(20min);
    CHECK(lab.told() == "escalated 1");  // of the switch
    REQUIRE(lab.post({agent_alert("Switch", "sw", "critical", 2, lab.clock.now())}));
    lab.pass(3min);
    CHECK(held_by(lab).empty());
    CHECK(lab.told() == "resolved 2, unsuppressed 1");
}

TEST_CASE("a silence for a storm ends with its last alert, though its incidents wait to be over") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    PutSilenceIn in = silence_of(lab, "host=\"none\"", 0s, 24h);
    in.silence.matchers.clear();
    in.incident = lab.parent().key;
    REQUIRE(lab.put(in));
    for (int i = 1; i <= 5; ++i) lab.clear(i);
    lab.pass(10min);
    lab.told();
    lab.fire(9);
    CHECK_FALSE(lab.of_host(9).suppressed);
    CHECK(lab.told() == "opened 1");
}

TEST_CASE("a silence for a storm hides its group until the last of it has cleared") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 5; ++i) lab.fire(i);
    lab.told();
    PutSilenceIn in = silence_of(lab, "host=\"none\"", 0s, 24h);
    in.silence.matchers.clear();
    in.incident = lab.parent().key;
    const auto answer = lab.put(in);
    REQUIRE(answer);
    REQUIRE_FALSE(answer.value()->refusal);
    CHECK(answer.value()->silence->matchers ==
          Matchers{parse_matcher("alertname=\"HighLoad\"").value()});
    CHECK(held_by(lab) == "silence-1");
    // The storm is over with the last but one; what is left is hidden still.
    for (int i = 1; i <= 4; ++i) lab.clear(i);
    lab.pass(2min);
    CHECK(lab.parent().state == State::kResolved);
    CHECK(lab.of_host(5).suppressed);
    CHECK(lab.told() == "resolved 1");
    lab.clear(5);
    lab.pass(2min);
    CHECK(lab.told().empty());
    lab.fire(5);
    CHECK(lab.told() == "reopened 1");
}

TEST_CASE("what the fuse holds together is not silenced by its key, and says what to do instead") {
    StormLab lab(storm_config(0, 5));
    for (int i = 1; i <= 10; ++i) {
        REQUIRE(lab.post({agent_alert("Alert" + std::to_string(i), host(i), "warning", 1,
                                      lab.clock.now() + 1h)}));
    }
    const std::string key = lab.parent().key;
    REQUIRE(lab.parent().kind == Incident::Kind::kOverflow);
    PutSilenceIn in = silence_of(lab, "host=\"none\"", 0s, 24h);
    in.silence.matchers.clear();
    in.incident = key;
    const auto answer = lab.put(in);
    REQUIRE(answer);
    REQUIRE(answer.value()->refusal);
    CHECK(answer.value()->refusal->code == Refusal::Code::kConflict);
    CHECK(answer.value()->refusal->message() ==
          key +
              " stands over incidents of all kinds, and what would silence it would silence "
              "everything; acknowledge or snooze it, and silence by labels what its incidents "
              "share");
    CHECK(lab.act(key, ActionKind::kAcknowledge));
}
