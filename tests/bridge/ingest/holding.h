// Silences, alerts that go on firing, and what is held back, for the tests of suppression.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/bridge_lab.h"

namespace tocsin::bridge::test {

inline PutSilenceIn silence_of(BridgeLab& lab, const char* matcher, Duration from, Duration to,
                               std::string id = "silence-1") {
    PutSilenceIn in;
    in.silence.matchers = {parse_matcher(matcher).value()};
    in.silence.starts_at = lab.clock.now() + from;
    in.silence.ends_at = lab.clock.now() + to;
    in.silence.created_by = "zhao.lei";
    in.silence.comment = "new disk";
    in.new_id = std::move(id);
    return in;
}

inline std::vector<AlertRecord> outside(BridgeLab& lab) {
    return lab.queries().held_alerts().value();
}

// For as long as a time passes: the alert is sent again every minute, for four minutes each.
inline void fires_on(BridgeLab& lab, std::string_view name, Duration time,
                     Timestamp since = kBegan) {
    for (Duration passed{0}; passed < time; passed += 1min) {
        REQUIRE(
            lab.post({agent_alert(name, "web-1", "warning", 1, lab.clock.now() + 4min, since)}));
        lab.pass(1min);
    }
}

inline std::string suppressed_by(BridgeLab& lab) {
    const auto by = lab.only().summary.incident.suppressed;
    return by ? by->id : "";
}

}  // namespace tocsin::bridge::test
