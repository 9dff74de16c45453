#include "bridge/incident/sla_moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

constexpr std::array kWarnings = {50, 75, 90, 100};
constexpr int kOwnerHearsFrom = 75;

SlaMeter& meter_of(Incident& in, SlaClock clock) {
    return clock == SlaClock::kResponse ? in.sla.response : in.sla.resolution;
}

TimerKind timer_of(SlaClock clock) {
    return clock == SlaClock::kResponse ? TimerKind::kResponseTarget : TimerKind::kResolutionTarget;
}

// Where the resolution clock stands still for good, unless it is reopened: the moment of clearing,
// which the stability window has yet to prove.
std::optional<Timestamp> cleared(const Incident& in) {
    if (in.stable_since) return in.stable_since;
    if (in.resolved_at) return in.resolved_at;
    if (in.facts.all_clear_since) return in.facts.all_clear_since;
    return in.closed_at;
}

std::optional<Timestamp> stopped(const Incident& in, SlaClock clock) {
    const auto clear = cleared(in);
    if (clock == SlaClock::kResolution || !in.responded_at) return clear;
    return clear ? std::min(*clear, *in.responded_at) : in.responded_at;
}

// Route before service before the rest.
const SlaTarget* target_of(const Draft& d, const Incident& in, Priority priority) {
    const Context& c = d.context();
    const auto find = [&](const SlaTargets& targets) -> const SlaTarget* {
        const auto found = targets.find(priority);
        return found == targets.end() ? nullptr : &found->second;
    };
    if (const SlaTarget* own = find(c.route.sla)) return own;
    if (const Service* service = c.priorities.service_named(in.service)) {
        if (const SlaTarget* own = find(service->sla)) return own;
    }
    return find(c.settings.sla.targets);
}

std::optional<SlaRun> run_of(const Draft& d, const Incident& in, SlaClock clock, Timestamp from) {
    const SlaTarget* target = target_of(d, in, in.priority);
    if (target == nullptr) return std::nullopt;
    const auto& time = clock == SlaClock::kResponse ? target->respond : target->resolve;
    if (!time) return std::nullopt;
    const std::string& calendar = d.context().route.calendar;
    return SlaRun{from, *time, calendar.empty() ? target->calendar : calendar};
}

// Shares of the target that mean something, in order.
std::vector<int> shares_of(const Draft& d, SlaClock clock) {
    std::vector<int> shares(kWarnings.begin(), kWarnings.end());
    const Policy* policy = d.policy();
    if (clock == SlaClock::kResolution && policy != nullptr) {
        for (const ResolutionStep& step : policy->resolution) shares.push_back(step.percent);
    }
    std::sort(shares.begin(), shares.end());
    shares.erase(std::unique(shares.begin(), shares.end()), shares.end());
    return shares;
}

// What the incident waited for when its target passed.
struct Cause {
    std::string code;
    std::string text;
    std::string about;  // the owner, or what it waited for
};
Cause cause_of(const Incident& in) {
    switch (in.state) {
        case State::kTriggered:
            if (in.told.empty()) return {"nobody_told", "nobody could be told", ""};
            return {"not_acknowledged", "nobody had acknowledged", ""};
        case State::kPending:
            return {"pending", "it waited: " + in.pending_reason, in.pending_reason};
        case State::kAcknowledged:
        case State::kResolved:
        case State::kClosed:
            break;
    }
    return {"in_work", in.assignee + " was at work on it", in.assignee};
}

void say_share(Draft& d, SlaClock clock, int percent) {
    Incident& in = d.in();
    SlaMeter& meter = meter_of(in, clock);
    const auto due = reached(meter, in.sla.pauses, d.context().settings.sla, 100);
    EntryData data{{"clock", std::string(to_string(clock))},
                   {"percent", std::to_string(percent)},
                   {"priority", std::string(to_string(in.priority))},
                   {"due_at", format_rfc3339(due.value_or(d.now()))}};
    if (percent < 100) {
        d.say("sla_at_risk", kSystem,
              fmt::format("{} % of the {} target have passed; it is due at {}", percent,
                          to_string(clock), data["due_at"]),
              data);
        return;
    }
    meter.breached_at = due;
    const Cause cause = cause_of(d.before());
    meter.cause = cause.code;
    data["cause"] = cause.code;
    data["about"] = cause.about;
    d.say("sla_breached", kSystem,
          fmt::format("The {} target was breached at {}: {}", to_string(clock), data["due_at"],
                      cause.text),
          data);
}

// Informs upward without changing the owner; the response ladder does its own telling.
void tell_upward(Draft& d, int above, int up_to) {
    if (d.in().suppressed) return;  // silenced: the clocks run, the ladders stand still
    const MessageKind kind = up_to >= 100 ? MessageKind::kBreached : MessageKind::kAtRisk;
    const Policy* policy = d.policy();
    if (policy != nullptr) {
        for (const ResolutionStep& step : policy->resolution) {
            if (step.percent <= above || step.percent > up_to) continue;
            d.tell(contacts_of(d.context().oncall, step.tell, d.in().priority, d.now()), kind, 0);
        }
    }
    // A snooze mutes what reminds the owner; those above hear all the same.
    if (up_to >= kOwnerHearsFrom && d.in().state != State::kTriggered && !d.in().snoozed_until) {
        d.tell_person(d.owner(), kind);
    }
}

// Says the shares that have passed and were not said yet, and tells people once. What a clock had
// passed before it stopped was a breach; a warning is of no use any more then.
void say_passed(Draft& d, SlaClock clock) {
    Incident& in = d.in();
    SlaMeter& meter = meter_of(in, clock);
    if (meter.runs.empty() || meter.breached_at) return;
    const auto stop = stopped(in, clock);
    const int before = meter.announced;
    for (const int share : shares_of(d, clock)) {
        if (share <= before || (stop && share < 100)) continue;
        const auto at = reached(meter, in.sla.pauses, d.context().settings.sla, share);
        if (!at || (stop ? *at >= *stop : *at > d.now())) continue;
        meter.announced = share;
        say_share(d, clock, share);
    }
    const int passed = meter.announced;
    if (passed > before && clock == SlaClock::kResolution && !stop) tell_upward(d, before, passed);
}

// What had passed by then is no news, but for the whole of it.
int announced_by(const Draft& d, const Incident& in, const SlaMeter& meter, SlaClock clock,
                 Timestamp then) {
    int announced = 0;
    for (const int share : shares_of(d, clock)) {
        const auto at = reached(meter, in.sla.pauses, d.context().settings.sla, share);
        if (share < 100 && at && *at <= then) announced = share;
    }
    return announced;
}

// The runs after a change of priority. What is missed stays missed.
void retarget(Draft& d, SlaClock clock) {
    Incident& in = d.in();
    SlaMeter& meter = meter_of(in, clock);
    if (meter.breached_at || (clock == SlaClock::kResponse && in.responded_at)) return;
    const bool raised = in.priority < d.before().priority;
    const auto run = run_of(d, in, clock, raised ? d.now() : in.opened_at);
    if (raised) {
        if (run) meter.runs.push_back(*run);
        return;
    }
    meter.runs.clear();
    if (run) meter.runs.push_back(*run);
    meter.announced = announced_by(d, in, meter, clock, d.now());
}

void end_wait(Incident& in, Timestamp at) {
    if (in.sla.pauses.empty()) return;
    SlaPause& last = in.sla.pauses.back();
    if (last.reason.empty() || !last.to || *last.to <= at) return;
    last.to = at;
    if (at <= last.from) in.sla.pauses.pop_back();  // cleared before it began to wait
}

void begin_wait(Draft& d) {
    Incident& in = d.in();
    const PendingReason* reason = d.context().settings.sla.reason(in.pending_cause);
    if (reason == nullptr || in.sla.resolution.runs.empty()) return;
    const Duration left = reason->pauses_at_most - paused_for(in.sla.pauses, reason->name, d.now());
    if (left <= Duration{0}) return;
    in.sla.pauses.push_back(
        {d.now(), std::min(d.now() + left, in.pending_until.value_or(d.now())), reason->name});
}

// A breach after the moment of clearing, of which the bridge heard late, never was one.
void take_back(Draft& d, SlaClock clock, Timestamp cleared_at) {
    SlaMeter& meter = meter_of(d.in(), clock);
    if (!meter.breached_at || *meter.breached_at < cleared_at) return;
    meter.breached_at.reset();
    meter.cause.clear();
    meter.announced = announced_by(d, d.in(), meter, clock, cleared_at);
    d.say("sla_met", kSystem,
          fmt::format("The {} target was met after all: cleared at {}", to_string(clock),
                      format_rfc3339(cleared_at)),
          {{"clock", std::string(to_string(clock))}, {"cleared_at", format_rfc3339(cleared_at)}});
}

void follow_state(Draft& d) {
    const Incident& before = d.before();
    Incident& in = d.in();
    const bool was_open = is_open(before.state);
    if (was_open && !is_open(in.state)) {
        const Timestamp at = cleared(in).value_or(d.now());
        end_wait(in, at);
        for (const SlaClock clock : {SlaClock::kResponse, SlaClock::kResolution}) {
            take_back(d, clock, at);
        }
        in.sla.pauses.push_back({at, std::nullopt, ""});
        return;
    }
    if (before.state == State::kPending && in.state != State::kPending) end_wait(in, d.now());
    if (before.state != State::kPending && in.state == State::kPending) begin_wait(d);
}

void arm(Draft& d, SlaClock clock) {
    Incident& in = d.in();
    SlaMeter& meter = meter_of(in, clock);
    std::optional<Timestamp> next;
    if (!stopped(in, clock) && !meter.runs.empty()) {
        const SlaSettings& settings = d.context().settings.sla;
        meter.due =
            meter.breached_at ? meter.breached_at : reached(meter, in.sla.pauses, settings, 100);
        for (const int share : shares_of(d, clock)) {
            if (share <= meter.announced || meter.breached_at || next) continue;
            next = reached(meter, in.sla.pauses, settings, share);
        }
    }
    if (meter.runs.empty()) meter.due.reset();
    if (next == meter.next) return;
    meter.next = next;
    if (next) {
        d.set(timer_of(clock), *next);
    } else {
        d.cancel({timer_of(clock)});
    }
}

void start_from(Draft& d, Timestamp from) {
    Incident& in = d.in();
    for (const SlaClock clock : {SlaClock::kResponse, SlaClock::kResolution}) {
        if (const auto run = run_of(d, in, clock, from)) {
            meter_of(in, clock).runs.push_back(*run);
        }
        arm(d, clock);
    }
}

}  // namespace

void start_clocks(Draft& d) {
    start_from(d, d.in().opened_at);
}

void start_clocks_anew(Draft& d) {
    d.in().sla = {};
    start_from(d, d.now());
}

void keep_clocks(Draft& d) {
    if (d.in().absorbed && !d.in().sla.none) drop_clocks(d);  // a storm stands for it
    if (d.in().sla.none && d.before().absorbed && !d.in().absorbed) {
        start_clocks_anew(d);
        return;
    }
    if (d.in().sla.none) return;
    const bool reopens = !is_open(d.before().state) && is_open(d.in().state);
    std::vector<SlaPause>& pauses = d.in().sla.pauses;
    if (reopens && !pauses.empty() && !pauses.back().to) pauses.back().to = d.now();
    for (const SlaClock clock : {SlaClock::kResponse, SlaClock::kResolution}) say_passed(d, clock);
    if (d.in().priority != d.before().priority) {
        retarget(d, SlaClock::kResponse);
        retarget(d, SlaClock::kResolution);
    }
    if (!d.in().sla.response.runs.empty() || !d.in().sla.resolution.runs.empty()) follow_state(d);
    arm(d, SlaClock::kResponse);
    arm(d, SlaClock::kResolution);
}

Decision clock_due(Draft& d, SlaClock clock) {
    SlaMeter& meter = meter_of(d.in(), clock);
    if (!meter.next) return d.nothing("the timer is of the past");
    meter.next.reset();
    return d.done("a share of the target has passed");
}

void drop_clocks(Draft& d) {
    d.in().sla = {};
    d.in().sla.none = true;
    d.cancel({TimerKind::kResponseTarget, TimerKind::kResolutionTarget});
}

}  // namespace tocsin::bridge
