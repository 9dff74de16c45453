// The clocks of an incident (semantics 5): when it is to be answered and when it is to be solved.
// Pure values and sums over them; what starts, pauses and stops them is in sla_moves.cpp.
//
// A clock runs while the incident is open, but for its pauses, and counts the working time of its
// target's calendar. A priority that is raised adds a run beside those there are: whichever is
// through first is due. One that is lowered leaves a single run, from the opening.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/calendar.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

// What is promised for a priority; times are working time of the calendar.
struct SlaTarget {
    std::optional<Duration> respond;
    std::optional<Duration> resolve;
    std::string calendar = "7x24";
    bool operator==(const SlaTarget&) const = default;
};
using SlaTargets = std::map<Priority, SlaTarget>;

// Why an incident may be pending, by name. The resolution clock pauses for a reason, for so long
// in all (0: not at all).
struct PendingReason {
    std::string name;
    Duration pauses_at_most{0};
};

struct SlaSettings {
    SlaTargets targets;  // services' and routes' own come before these, priority by priority
    std::vector<Calendar> calendars{Calendar{}};
    std::vector<PendingReason> reasons;

    // By name; 7x24 when it is no longer there (an incident outlives a reload).
    [[nodiscard]] const Calendar& calendar(std::string_view name) const;
    [[nodiscard]] const PendingReason* reason(std::string_view name) const;
};

enum class SlaClock { kResponse, kResolution };
std::string_view to_string(SlaClock clock);  // "response", "resolution"

// `target` of working time since `from`.
struct SlaRun {
    Timestamp from;
    Duration target{0};
    std::string calendar;
    bool operator==(const SlaRun&) const = default;
};

// Time that does not count, [from, to). No end: until it is reopened.
struct SlaPause {
    Timestamp from;
    std::optional<Timestamp> to;
    std::string reason;  // of the wait; "" while it was resolved
    bool operator==(const SlaPause&) const = default;
};

struct SlaMeter {
    std::vector<SlaRun> runs;              // none: nothing is promised
    std::optional<Timestamp> due;          // of the runs as they stand; kept when the clock stops
    std::optional<Timestamp> next;         // when its timer is set for
    int announced = 0;                     // the last share of the target that was said, in percent
    std::optional<Timestamp> breached_at;  // the moment it was due; stays
    std::string cause;  // of the breach: "not_acknowledged", "nobody_told", "in_work", "pending"
    bool operator==(const SlaMeter&) const = default;
};

struct SlaState {
    SlaMeter response;
    SlaMeter resolution;
    std::vector<SlaPause> pauses;  // in the order they began
    bool none = false;             // a storm's child: nothing starts them
    bool operator==(const SlaState&) const = default;
};

// When so much of the target has passed (percent of each run's; the first counts). Nothing when it
// never comes: no run, or a pause without an end before it.
std::optional<Timestamp> reached(const SlaMeter& meter, std::span<const SlaPause> pauses,
                                 const SlaSettings& settings, int percent);

// How long these pauses for `reason` have lasted, up to `now`.
Duration paused_for(std::span<const SlaPause> pauses, std::string_view reason, Timestamp now);

}  // namespace tocsin::bridge
