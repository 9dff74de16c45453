// The response ladder with a rotation, over restarts and steps of the clock: every step comes once,
// in order, at the first tick after its due time, and tells whoever is on call then.
#include <catch2/catch.hpp>
#include <random>

#include "base/core/strings.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

constexpr Duration kTurn = 20min;
const Timestamp kFirstTurn = from_unix_ms(1'794'960'000'000);  // 2026-11-18T00:00:00Z

// Two people take turns of 20 minutes; the first step repeats, the last one does by rule.
BridgeConfig rotating() {
    BridgeConfig config = lab_config();
    RotationLayer layer;
    layer.people = {"li.na", "zhao.lei"};
    layer.period = kTurn;
    layer.starts = kFirstTurn;
    layer.first = local_of(layer.zone, kFirstTurn);
    Rotation rotation;
    rotation.name = "web";
    rotation.layers = {layer};
    config.oncall.rotations = {rotation};
    const std::vector<Target> on_call = {{Target::Kind::kRotation, "web"}};
    config.oncall.policies[0].response = {LadderStep{0s, on_call, 4min}, LadderStep{10min, on_call},
                                          LadderStep{25min, on_call}, LadderStep{45min, on_call}};
    return config;
}

// By arithmetic alone.
std::string whose(Timestamp t) {
    return (t - kFirstTurn) / kTurn % 2 == 0 ? "li.na" : "zhao.lei";
}

Timestamp last_word(BridgeLab& lab) {
    return from_unix_ms(parse_int(lab.store().meta("served_at").value().value()).value());
}

struct Told {
    std::string kind;
    int step;
    Timestamp at;
    std::string who;
    Timestamp next_due;
};

std::vector<Told> ladder_of(BridgeLab& lab) {
    std::vector<Told> out;
    for (const TimelineRow& row : lab.only().timeline) {
        const TimelineEntry& e = row.entry;
        if (e.kind != "step" && e.kind != "step_repeated") continue;
        out.push_back({e.kind, std::stoi(e.data.at("step")), e.at,
                       e.data.at("told").substr(0, e.data.at("told").find(' ')),
                       parse_rfc3339(e.data.at("next_due")).value()});
    }
    return out;
}

}  // namespace

TEST_CASE("no step of the ladder is skipped or repeated over restarts and steps of the clock") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto pick = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
    };
    for (int round = 0; round < 20; ++round) {
        BridgeLab lab(rotating());
        const Timestamp far = lab.clock.now() + 24h * 90;
        REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical", far)}));
        std::size_t seen = 1;
        Timestamp due = ladder_of(lab).at(0).next_due;
        CHECK(ladder_of(lab).at(0).who == whose(lab.clock.now()));
        for (int move = 0; move < 60; ++move) {
            // Mostly time passes; now and then the clock jumps, either way, or the bridge dies.
            Duration by{pick(1'000, 240'000)};
            if (pick(0, 9) == 0) by = Duration{pick(-1'800'000, 3'600'000)};
            const Timestamp served = last_word(lab);
            lab.clock.step_wall(by);
            const bool restarted = pick(0, 5) == 0;
            if (restarted) lab.restart();
            // A clock that is set back takes the ladder along. A bridge that starts knows of it by
            // its last word alone.
            const Duration back = restarted ? served - lab.clock.now() : -by;
            if (back > (restarted ? Duration{30s} : Duration{3s})) due -= back;
            const auto ticked = lab.engine().tick(lab.clock.now());
            REQUIRE(ticked);
            if (pick(0, 5) == 0) lab.restart();
            const Timestamp now = lab.clock.now();
            const std::vector<Told> all = ladder_of(lab);
            // One tick carries out what is due, once, and nothing else.
            CAPTURE(round, move, format_rfc3339(now), format_rfc3339(due));
            REQUIRE(all.size() == (now >= due ? seen + 1 : seen));
            if (all.size() == seen) continue;
            const Told& latest = all.back();
            const Told& before = all[seen - 1];
            CHECK(latest.at == now);
            CHECK(latest.who == whose(now));
            if (latest.kind == "step") {
                CHECK(latest.step == before.step + 1);
            } else {
                CHECK(latest.step == before.step);
                CHECK((latest.step == 1 || latest.step == 4));  // those that repeat
            }
            CHECK(latest.next_due > now);
            due = latest.next_due;
            seen = all.size();
        }
        int repeats = 0;
        for (const Told& told : ladder_of(lab)) {
            if (told.kind == "step_repeated" && told.step == 1) ++repeats;
        }
        CHECK(repeats == 2);  // at 4 and 8 of the 10 minutes until step 2
    }
}
