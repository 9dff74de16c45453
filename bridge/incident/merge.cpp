#include "bridge/incident/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/incident/acknowledge_end.h"
#include "bridge/incident/action_words.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"
#include "bridge/incident/suppression.h"
#include "bridge/incident/who_may.h"

namespace tocsin::bridge {
namespace {

void add_each(std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const std::string& one : from) {
        if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
    }
}

// Everybody who reported it hears how it goes on.
void add_reporters(Facts& to, const Facts& from) {
    std::vector<Reporter> all = from.more_reporters;
    if (from.reporter) all.insert(all.begin(), *from.reporter);
    for (const Reporter& reporter : all) {
        if (!to.reporter) {
            to.reporter = reporter;
        } else if (!to.reported_by(reporter.name)) {
            to.more_reporters.push_back(reporter);
        }
    }
}

// What follows any change; decide() does the same.
Decision finished(Draft& d, const UserAction& action, std::string reason) {
    d.decision() = d.done(std::move(reason));
    keep_acknowledge(d, Event{action});
    keep_facts(d);
    keep_clocks(d);
    return std::move(d.decision());
}

void take_alerts(Draft& d, const Incident& loser) {
    Incident& in = d.in();
    for (AlertRecord alert : loser.alerts) {
        if (in.alert(alert.identity) != nullptr) continue;
        alert.incident = in.id;
        in.alerts.push_back(std::move(alert));
    }
    refresh(d);
    settle_suppression(d);
    const int alive = in.count(AlertStatus::kFiring) + in.count(AlertStatus::kUnknown);
    if (alive > 0 && in.stable_since) {
        in.stable_since.reset();
        d.cancel({TimerKind::kStability});
    }
    arm_expiry(d);
    const Priority wanted = std::min(wanted_priority(d, in), loser.priority);
    if (wanted < in.priority) raise_priority(d, wanted, kSystem);
    if (alive == 0) check_clear(d, d.now());
}

Decision absorb_other(Draft& d, const Incident& loser, const UserAction& action) {
    Incident& in = d.in();
    const State before = in.state;
    if (!loser.dedup_key.empty()) add_each(in.facts.more_keys, {loser.dedup_key});
    add_each(in.facts.more_keys, loser.facts.more_keys);
    add_each(in.watchers, loser.watchers);
    add_each(in.told, loser.told);
    in.facts.merged.push_back(loser.id);
    in.facts.merged.insert(in.facts.merged.end(), loser.facts.merged.begin(),
                           loser.facts.merged.end());
    add_reporters(in.facts, loser.facts);
    in.facts.links.push_back({loser.title, loser.key});
    d.say("merged_in", action.actor,
          sentence(fmt::format("{} is merged into this one", loser.key), action),
          with_text(action, {{"key", loser.key}}));
    if (before == State::kPending) {
        pending_to_acknowledged(d);
        d.say("resumed", kSystem, "A new alert joined: no longer pending");
    }
    if (!loser.assignee.empty() && loser.assignee != action.actor) {
        add_each(in.told, {loser.assignee});
        if (loser.assignee != in.assignee) d.tell_person(loser.assignee, MessageKind::kJoined);
    }
    take_alerts(d, loser);
    if (is_open(in.state) && before != State::kTriggered && in.acknowledged_by != action.actor) {
        ask_owner_again(d, MessageKind::kJoined);
    }
    return finished(d, action, fmt::format("{} is merged into it", loser.key));
}

Decision end_into(Draft& d, const Incident& survivor, const UserAction& action) {
    Incident& in = d.in();
    in.successor = survivor.key;
    in.stable_since.reset();
    in.snoozed_until.reset();
    in.pending_until.reset();
    in.pending_reason.clear();
    in.pending_cause.clear();
    in.pending_by.clear();
    d.drop_waiting(DropWaiting::What::kAll);
    d.cancel({TimerKind::kStability, TimerKind::kEscalation, TimerKind::kLapse, TimerKind::kSnooze,
              TimerKind::kPending});
    close(d, action.actor, sentence(fmt::format("Merged into {}", survivor.key), action),
          with_text(action, {{"successor", survivor.key}}));
    d.decision().timeline.back().kind = "merged";
    // People go on hearing of the survivor; a program that was paged for this one waits for its
    // end.
    for (const std::string& person : std::vector<std::string>(in.told)) {
        d.tell_end(person, Draft::EndTo::kPrograms);
    }
    return finished(d, action, fmt::format("merged into {}", survivor.key));
}

Refusal refusal(Refusal::Code code, Reason reason, const Incident& about) {
    std::vector<ActionKind> possible = possible_actions(about);
    if (code == Refusal::Code::kForbidden) possible = everybodys(std::move(possible));
    return {code, std::move(reason), std::move(possible), about.successor};
}

Decision refused(const Incident& incident, Refusal why) {
    Decision decision;
    decision.next = incident;
    decision.reason = why.message();
    decision.refusal = std::move(why);
    return decision;
}

}  // namespace

Merging merge(const Incident& survivor, const Incident& loser, const UserAction& action,
              const Context& survivors, const Context& losers, Timestamp now) {
    using enum Refusal::Code;
    Merging both;
    const auto refuse = [&](Refusal::Code code, const Reason& reason, const Incident& about) {
        both.survivor = refused(survivor, refusal(code, reason, about));
        both.loser = refused(loser, refusal(code, reason, about));
        return both;
    };
    if (action.authority == Authority::kReporter) {
        return refuse(kConflict, "who reported it can confirm, rate, reopen and answer, no more",
                      loser);
    }
    if (survivor.key == loser.key) {
        return refuse(kInvalid, "an incident is not merged into itself", loser);
    }
    if (survivor.is_parent() || loser.is_parent()) {
        return refuse(kConflict, "an incident that stands for a storm is not merged", loser);
    }
    if (loser.state == State::kClosed) {
        return refuse(kConflict, "the incident is closed", loser);
    }
    if (survivor.state == State::kClosed) {
        return refuse(kConflict,
                      because("{} is closed; merge into one that is open", {{survivor.key}}),
                      loser);
    }
    if (!is_open(survivor.state)) {
        return refuse(kConflict,
                      because("{} is {}; merge into one that is open, or reopen it first",
                              {{survivor.key}, {to_string(survivor.state), "state"}}),
                      loser);
    }
    for (const Incident* const one : {&loser, &survivor}) {
        const auto why = why_not_theirs(*one, action, survivors.oncall);
        if (why) return refuse(kForbidden, *why, *one);
    }
    Draft first(survivor, survivors, now);
    both.survivor = absorb_other(first, loser, action);
    Draft second(loser, losers, now);
    both.loser = end_into(second, survivor, action);
    return both;
}

Splitting split(const Incident& incident, const UserAction& action, const std::string& key,
                const Context& context, Timestamp now) {
    using enum Refusal::Code;
    Splitting out;
    const auto refuse = [&](Refusal::Code code, Reason reason) {
        out.rest = refused(incident, refusal(code, std::move(reason), incident));
        out.moved.clear();
        return out;
    };
    if (action.authority == Authority::kReporter) {
        return refuse(kConflict, "who reported it can confirm, rate, reopen and answer, no more");
    }
    if (!is_open(incident.state)) {
        return refuse(kConflict, because("split is not possible while the incident is {}",
                                         {{to_string(incident.state), "state"}}));
    }
    if (auto why = why_not_theirs(incident, action, context.oncall)) {
        return refuse(kForbidden, std::move(*why));
    }
    if (action.fingerprints.empty()) {
        return refuse(kInvalid, "split needs the fingerprints of alerts to split off");
    }
    for (const std::string& fingerprint : action.fingerprints) {
        const auto found =
            std::find_if(incident.alerts.begin(), incident.alerts.end(),
                         [&](const AlertRecord& a) { return a.fingerprint == fingerprint; });
        if (found == incident.alerts.end() || found->status == AlertStatus::kResolved) {
            return refuse(kInvalid, because("no alert that fires here has the fingerprint \"{}\"",
                                            {{fingerprint}}));
        }
        out.moved.push_back(*found);
    }
    if (out.moved.size() == incident.alerts.size()) {
        return refuse(kConflict, "an incident keeps at least one of its alerts");
    }
    Draft d(incident, context, now);
    std::erase_if(d.in().alerts, [&](const AlertRecord& alert) {
        return std::any_of(out.moved.begin(), out.moved.end(),
                           [&](const AlertRecord& m) { return m.identity == alert.identity; });
    });
    d.in().facts.links.push_back({"split off", key});
    d.say("split_off", action.actor,
          sentence(fmt::format("{} alerts go on as {}", out.moved.size(), key), action),
          with_text(action, {{"key", key}, {"count", std::to_string(out.moved.size())}}));
    refresh(d);
    settle_suppression(d);
    check_clear(d, now);
    if (incident.state != State::kTriggered) out.owner = incident.acknowledged_by;
    out.rest = finished(d, action, fmt::format("split; the rest goes on as {}", incident.key));
    return out;
}

}  // namespace tocsin::bridge
