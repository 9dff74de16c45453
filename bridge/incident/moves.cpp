#include "bridge/incident/moves.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/suppression.h"
#include "bridge/incident/title.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kTitleBytes = 200;

// One line of at most kTitleBytes, cut between characters.
std::string one_line(std::string_view text) {
    std::string line(trim(text));
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    if (line.size() <= kTitleBytes) return line;
    std::size_t cut = kTitleBytes;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) --cut;
    line.resize(cut);
    return line + "…";
}

std::string title_of(const AlertRecord& alert) {
    const auto summary = alert.annotations.find("summary");
    if (summary != alert.annotations.end() && !trim(summary->second).empty()) {
        return one_line(summary->second);
    }
    std::string_view on = alert.labels.get("instance");
    if (on.empty()) on = alert.labels.get("host");
    const std::string_view name = alert.labels.get("alertname");
    std::string title(name.empty() ? std::string_view("Alert without a name") : name);
    if (!on.empty()) title += fmt::format(" on {}", on);
    return one_line(title);
}

const AlertRecord* worst_of(const Incident& incident, const PriorityRules& rules) {
    const bool all_held = held_by(incident).has_value();
    const AlertRecord* worst = nullptr;
    for (const AlertRecord& alert : incident.alerts) {
        if (!speaks(alert, all_held)) continue;
        if (worst == nullptr || rules.level(worst->severity) < rules.level(alert.severity)) {
            worst = &alert;
        }
    }
    return worst;
}

// What ended with the resolution begins again.
void unresolve(Draft& d) {
    Incident& in = d.in();
    in.resolved_at.reset();
    in.resolved_by.clear();
    in.resolved_by_hand = false;
    in.confirmed_at.reset();
    in.confirmed_by.clear();
    in.stable_since.reset();
    ++in.reopen_count;
    d.drop_waiting(DropWaiting::What::kAll);  // nobody is told an end any more
    d.cancel({TimerKind::kClose, TimerKind::kResolveGrace});
    arm_expiry(d);
}

void clear_acknowledge(Incident& in) {
    in.acknowledged_by.clear();
    in.acknowledged_at.reset();
    in.acknowledged_priority.reset();
}

}  // namespace

Labels common_labels(const std::vector<AlertRecord>& alerts) {
    if (alerts.empty()) return {};
    LabelsBuilder common(alerts.front().labels);
    common.remove("severity");
    for (const Label& label : alerts.front().labels) {
        const bool shared = std::all_of(alerts.begin(), alerts.end(), [&](const AlertRecord& a) {
            return a.labels.get(label.name) == label.value;
        });
        if (!shared) common.remove(label.name);
    }
    return common.build();
}

void refresh(Draft& d) {
    Incident& in = d.in();
    const bool reported = in.facts.reporter.has_value();  // its title and labels are a person's
    if (!reported) in.labels = common_labels(in.alerts);
    const AlertRecord* worst = worst_of(in, d.context().priorities);
    if (worst == nullptr) return;
    if (in.kind == Incident::Kind::kJoin && in.alerts.size() > 1) {
        in.title = fmt::format("New host {}: {}", in.labels.get("host"),
                               count_of(static_cast<int>(in.alerts.size()), "alert"));
        in.facts.title = {{"words", "join"},
                          {"host", std::string(in.labels.get("host"))},
                          {"alerts", std::to_string(in.alerts.size())}};
        in.severity = worst->severity;
        return;
    }
    // The title follows the level, not each resend, whose numbers would change it every minute.
    if (!reported && (in.title.empty() || worst->severity != in.severity)) {
        in.title = title_of(*worst);
        in.facts.title = own_words(*worst);
    }
    in.severity = worst->severity;
}

Priority wanted_priority(const Draft& d, const Incident& incident) {
    const bool all_held = held_by(incident).has_value();
    Priority wanted = Priority::kP4;
    for (const AlertRecord& alert : incident.alerts) {
        if (!speaks(alert, all_held)) continue;
        wanted = std::min(wanted, d.context().priorities.priority(alert.labels, alert.severity));
    }
    wanted = priority_by(d.context().route, wanted);
    const auto& lowered_from = incident.facts.lowered_from;
    return lowered_from && wanted >= *lowered_from ? incident.priority : wanted;
}

void respond(Draft& d, std::string_view who) {
    Incident& in = d.in();
    if (!in.responded_at && d.context().oncall.is_human(who)) in.responded_at = d.now();
}

void acknowledge(Draft& d, std::string_view person) {
    Incident& in = d.in();
    in.state = State::kAcknowledged;
    in.assignee = std::string(person);
    in.acknowledged_by = std::string(person);
    in.acknowledged_at = d.now();
    in.acknowledged_priority = in.priority;
    respond(d, person);
    d.cancel({TimerKind::kEscalation, TimerKind::kLapse});
    d.drop_waiting(DropWaiting::What::kAsks);
    d.tell_programs(MessageKind::kAcknowledged);
}

void to_triggered(Draft& d) {
    Incident& in = d.in();
    in.state = State::kTriggered;
    clear_acknowledge(in);
    in.pending_until.reset();
    in.pending_reason.clear();
    in.pending_cause.clear();
    in.pending_by.clear();
    in.snoozed_until.reset();
    d.cancel({TimerKind::kLapse, TimerKind::kSnooze, TimerKind::kPending});
}

void pending_to_acknowledged(Draft& d) {
    Incident& in = d.in();
    in.state = State::kAcknowledged;
    in.pending_until.reset();
    in.pending_reason.clear();
    in.pending_cause.clear();
    in.pending_by.clear();
    d.cancel({TimerKind::kPending});
}

void end_snooze(Draft& d) {
    if (!d.in().snoozed_until) return;
    d.in().snoozed_until.reset();
    d.cancel({TimerKind::kSnooze});
}

void resolve(Draft& d, Timestamp at, std::string_view who, By by) {
    Incident& in = d.in();
    in.state = State::kResolved;
    in.resolved_at = at;
    in.resolved_by = std::string(who);
    in.resolved_by_hand = by == By::kHand;
    in.stable_since.reset();
    in.pending_until.reset();
    in.pending_reason.clear();
    in.pending_cause.clear();
    in.pending_by.clear();
    in.snoozed_until.reset();
    d.cancel({TimerKind::kEscalation, TimerKind::kLapse, TimerKind::kSnooze, TimerKind::kPending,
              TimerKind::kStability, TimerKind::kExpiry});
    if (by == By::kHand) stop_flapping(d);
    d.drop_waiting(DropWaiting::What::kAll);
    const IncidentSettings& settings = d.context().settings;
    d.set(TimerKind::kClose, d.now() + settings.close_after);
    if (by == By::kItself) in.suppressed.reset();
    if (by == By::kHand && in.count(AlertStatus::kFiring) > 0 && !in.suppressed) {
        d.set(TimerKind::kResolveGrace, d.now() + settings.resolve_grace);
    }
    // Whoever was told of the opening is told of the end, the owner too if that is another.
    std::vector<std::string> told = in.told;
    if (!in.assignee.empty() && std::find(told.begin(), told.end(), in.assignee) == told.end()) {
        told.push_back(in.assignee);
    }
    for (const std::string& person : told) {
        d.tell_end(person, person == who ? Draft::EndTo::kShared : Draft::EndTo::kAll);
    }
    d.tell_watchers(MessageKind::kResolved);
}

void reopen(Draft& d, std::string_view actor, std::string why, MessageKind kind, EntryData data) {
    unresolve(d);
    to_triggered(d);
    data["count"] = std::to_string(d.in().reopen_count);
    d.say("reopened", actor, std::move(why), std::move(data));
    // The ladder first: whom it tells as a step counts for that step, the owner included.
    start_ladder(d, kind);
    d.tell_person(d.owner(), kind);
    d.tell_watchers(kind);
}

void reopen_by_hand(Draft& d, std::string_view actor, std::string_view text) {
    std::string why(text.empty() ? std::string_view("Not fixed") : text);
    EntryData data;
    if (!text.empty()) data["text"] = std::string(text);
    const std::string owner(d.owner());
    const Person* const person = d.context().oncall.person(owner);
    // Whoever was only asked to take it never owned it, and whom nothing reaches does not hear that
    // it is back.
    const bool owned = d.before().acknowledged_by == owner && person != nullptr &&
                       !contacts_of({person}, d.in().priority, d.now()).empty();
    const Oncall& oncall = d.context().oncall;
    const bool on_call = oncall.is_on_call(owner, oncall.team(d.in().team), d.policy(), d.now());
    if (!on_call) d.in().assignee.clear();  // off duty, nobody is asked; the ladder finds who is on
    if (!on_call || (!owned && owner != actor)) {
        reopen(d, actor, std::move(why), MessageKind::kReopened, std::move(data));
        return;
    }
    unresolve(d);
    data["count"] = std::to_string(d.in().reopen_count);
    d.say("reopened", actor, std::move(why), std::move(data));
    acknowledge(d, owner);
    if (owner != actor) d.tell_person(owner, MessageKind::kReopened);
    d.tell_watchers(MessageKind::kReopened);
    d.say("acknowledged", kSystem, fmt::format("{} still owns it", owner), {{"person", owner}});
}

void close(Draft& d, std::string_view actor, std::string why, EntryData data) {
    d.in().state = State::kClosed;
    d.in().closed_at = d.now();
    d.cancel({TimerKind::kClose, TimerKind::kResolveGrace, TimerKind::kExpiry});
    d.in().flapping_since.reset();
    d.say("closed", actor, std::move(why), std::move(data));
}

std::optional<Timestamp> expiry_of(const Draft& d, const AlertRecord& alert) {
    const auto& settings = d.context().settings.expire_unknown;
    const auto setting = settings.find(alert.source);
    if (alert.status != AlertStatus::kUnknown || setting == settings.end() || alert.from_agent()) {
        return std::nullopt;
    }
    return alert.ends_at.value_or(d.now()) + setting->second;
}

void arm_expiry(Draft& d) {
    std::optional<Timestamp> first;
    for (const AlertRecord& alert : d.in().alerts) {
        const auto due = expiry_of(d, alert);
        if (due && (!first || *due < *first)) first = due;
    }
    if (first) d.set(TimerKind::kExpiry, *first);
}

Duration stability_window(const Draft& d) {
    return d.context().route.stable.value_or(d.context().settings.stable);
}

void check_clear(Draft& d, Timestamp cleared_at) {
    Incident& in = d.in();
    if (!is_open(in.state) || in.alerts.empty() ||
        in.count(AlertStatus::kResolved) != static_cast<int>(in.alerts.size())) {
        return;
    }
    in.stable_since = std::clamp(cleared_at, std::min(in.opened_at, d.now()), d.now());
    if (in.flapping_since) return;  // its own quiet time decides
    const Duration window = stability_window(d);
    if (window > Duration{0}) {
        d.set(TimerKind::kStability, d.now() + window);
        return;
    }
    const Timestamp at = *in.stable_since;
    if (wants_a_person(in)) {
        say_all_clear(d, at);
        return;
    }
    d.say("resolved", kSystem, "Everything has cleared: resolved",
          {{"resolved_at", format_rfc3339(at)}});
    resolve(d, at, kSystem, By::kItself);
}

}  // namespace tocsin::bridge
