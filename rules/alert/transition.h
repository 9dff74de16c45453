// What the rules have decided: one change of one alert, and its form on the wire. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "base/model/alert.h"
#include "base/model/labels.h"

namespace tocsin::rules {

// The same moment on both clocks: wall time for what people read, boottime for what is measured.
struct Instant {
    Timestamp wall;
    Duration boot{0};
};

enum class Change {
    kFire,     // from no level to one
    kRise,     // to a worse level
    kFall,     // to a milder level, still firing
    kResolve,  // to none
    kUnknown,  // no data for too long: the level stays, but is no longer vouched for
    kKnown,    // data are back and the level is the same
};
std::string_view to_string(Change change);

struct Transition {
    // Of the labels without the level; what the annotation tocsin_alert says. A plain rule has no
    // level, so its severity label, if any, counts: a pair of rules is two alerts.
    std::string identity;
    // Rising within the agent, over restarts too.
    std::uint64_t seq = 0;
    Change change = Change::kFire;
    // Level names, "" for none. Of a plain rule: its severity label, or "firing" when it has none.
    std::string from;
    std::string to;
    // As sent, but for the level of a threshold rule.
    Labels labels;
    bool is_threshold = false;
    Annotations from_annotations;  // as the old level says it, with the value now
    Annotations annotations;       // as the new level says it
    double value = 0;              // the last one seen
    Annotations origin;            // whose it is: tocsin_rule, tocsin_expr …
    Timestamp at;
    Timestamp starts_at;       // of the new level
    Timestamp from_starts_at;  // of the old one
    std::string generator_url;
    std::string reason;  // "96 > 92 for 5m", "series gone"
};

// The alerts of the one request that tells of a transition: what fires first, with `endsAt` so far
// ahead, then what has ended, with `endsAt` now. Never empty.
std::vector<Alert> to_alerts(const Transition& transition, Duration ends_in);

}  // namespace tocsin::rules
