#include "bridge/incident/flapping.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"

namespace tocsin::bridge {
namespace {

// The owner; while there is none, all who were told so far. Nobody while it is held back.
void tell_concerned(Draft& d, MessageKind kind) {
    if (d.in().suppressed) return;
    const std::vector<std::string> people =
        d.in().assignee.empty() ? d.in().told : std::vector<std::string>{d.in().assignee};
    for (const std::string& person : people) d.tell_person(person, kind);
}

std::string in_words(Duration d) {
    return format_duration(std::chrono::floor<std::chrono::seconds>(d));
}

}  // namespace

std::vector<Timestamp> with_opening(std::vector<Timestamp> before, const FlappingSettings& settings,
                                    Timestamp now) {
    std::erase_if(before, [&](Timestamp at) { return at > now || now - at > settings.within; });
    before.push_back(now);
    const auto most = static_cast<std::size_t>(settings.openings);
    if (before.size() > most) before.erase(before.begin(), before.end() - settings.openings);
    return before;
}

bool note_opening(Draft& d) {
    Incident& in = d.in();
    if (in.flapping_since) return false;
    const FlappingSettings& settings = d.context().settings.flapping;
    in.openings = with_opening(std::move(in.openings), settings, d.now());
    if (in.openings.size() < static_cast<std::size_t>(settings.openings)) return false;

    const Duration took = d.now() - in.openings.front();
    in.flapping_since = d.now();
    d.say("flapping", kSystem,
          fmt::format("Flapping: opened {} times in {}; it stays open until {} pass without change",
                      settings.openings, in_words(took), in_words(settings.quiet)),
          {{"count", std::to_string(settings.openings)},
           {"within", in_words(took)},
           {"quiet", in_words(settings.quiet)}});
    d.set(TimerKind::kFlapping, d.now() + settings.quiet);
    d.set(TimerKind::kFlappingRemind, d.now() + kFlappingTellEvery);
    return true;
}

void tell_flapping(Draft& d) {
    tell_concerned(d, MessageKind::kFlapping);
    if (!d.in().suppressed) d.tell_watchers(MessageKind::kFlapping);
}

void flapping_changed(Draft& d) {
    if (!d.in().flapping_since) return;
    d.set(TimerKind::kFlapping, d.now() + d.context().settings.flapping.quiet);
}

void stop_flapping(Draft& d) {
    d.in().openings.clear();
    if (!d.in().flapping_since) return;
    d.in().flapping_since.reset();
    d.cancel({TimerKind::kFlapping, TimerKind::kFlappingRemind});
}

Decision flapping_over(Draft& d) {
    Incident& in = d.in();
    if (!is_open(in.state) || !in.flapping_since) return d.nothing("the timer is of the past");
    const bool clear = in.stable_since.has_value();
    const int firing = in.count(AlertStatus::kFiring);
    const std::string_view state = clear ? "resolved" : firing > 0 ? "firing" : "unknown";
    d.say("flapping_ended", kSystem,
          fmt::format("No change for {}: flapping has ended, {}",
                      in_words(d.context().settings.flapping.quiet),
                      clear        ? "everything is clear"
                      : firing > 0 ? count_of(firing, "alert") + " still firing"
                                   : "what it is now is unknown"),
          {{"state", std::string(state)},
           {"since", format_rfc3339(*in.flapping_since)},
           {"firing", std::to_string(firing)}});
    stop_flapping(d);
    if (clear) {
        const Timestamp at = *in.stable_since;
        if (wants_a_person(in)) {
            say_all_clear(d, at);
            return d.done("clear, and flapping no more; a person has to say that it is over");
        }
        d.say("resolved", kSystem, "Everything has cleared: resolved",
              {{"resolved_at", format_rfc3339(at)}});
        resolve(d, at, kSystem, By::kItself);
        return d.done("clear, and flapping no more");
    }
    tell_concerned(d, MessageKind::kFlappingEnded);
    if (!d.in().suppressed) d.tell_watchers(MessageKind::kFlappingEnded);
    return d.done("flapping no more");
}

Decision flapping_remind(Draft& d) {
    const Incident& in = d.in();
    if (!is_open(in.state) || !in.flapping_since) return d.nothing("the timer is of the past");
    if (!in.snoozed_until) tell_concerned(d, MessageKind::kFlapping);
    d.set(TimerKind::kFlappingRemind, d.now() + kFlappingTellEvery);
    return d.done("still flapping");
}

}  // namespace tocsin::bridge
