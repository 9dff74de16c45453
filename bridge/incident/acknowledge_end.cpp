#include "bridge/incident/acknowledge_end.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

std::optional<Duration> time_for(const Draft& d, Priority priority) {
    const auto& times = d.context().settings.acknowledge_for;
    const auto found = times.find(priority);
    if (found == times.end()) return std::nullopt;
    return found->second;
}

}  // namespace

void keep_acknowledge(Draft& d, const Event& event) {
    const Incident& before = d.before();
    const Incident& in = d.in();
    // What a storm stands for is acknowledged with it, and is not asked of one by one.
    if (in.state != State::kAcknowledged || in.absorbed) {
        const bool expires = !d.context().settings.acknowledge_for.empty();
        if (expires && before.state == State::kAcknowledged) {
            d.cancel({TimerKind::kAcknowledgeEnd});
        }
        return;
    }
    const auto time = time_for(d, in.priority);
    if (!time) return;
    const auto* action = std::get_if<UserAction>(&event);
    const bool owner_spoke = action != nullptr && action->actor == in.acknowledged_by;
    const bool begins = before.state != State::kAcknowledged || before.absorbed ||
                        before.acknowledged_at != in.acknowledged_at;
    if (!begins && !owner_spoke && before.priority == in.priority) return;
    d.set(TimerKind::kAcknowledgeEnd,
          std::max(d.now(), in.snoozed_until.value_or(d.now())) + *time);
}

Decision acknowledge_ended(Draft& d) {
    const Incident& in = d.before();
    if (in.state != State::kAcknowledged || !time_for(d, in.priority)) {
        return d.nothing("the timer is of the past");
    }
    if (in.stable_since || in.suppressed) {
        // Nobody is woken for what has cleared, or is held back.
        d.set(TimerKind::kAcknowledgeEnd, d.now() + std::max(stability_window(d), Duration{1min}));
        return d.done("it waits for what has cleared or is held back");
    }
    lapse_of(d, fmt::format("Nothing was heard of {} for {}: the acknowledge has expired",
                            in.acknowledged_by, format_duration(*time_for(d, in.priority))));
    return d.done("the acknowledge has expired");
}

}  // namespace tocsin::bridge
