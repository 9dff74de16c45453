// Major incidents, what a person has to end, and what waits for a word.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/incident/action_words.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"

namespace tocsin::bridge {
namespace {

// Lead and manager of the team, commander and communication lead, each once.
void tell_of_major(Draft& d) {
    const Incident& in = d.in();
    std::vector<Target> targets;
    for (const std::string& person : {in.facts.major->commander, in.facts.major->communication}) {
        if (!person.empty()) targets.push_back({Target::Kind::kPerson, person});
    }
    if (!in.team.empty()) {
        targets.push_back({Target::Kind::kLead, in.team});
        targets.push_back({Target::Kind::kManager, in.team});
    }
    d.tell(contacts_of(d.context().oncall, targets, in.priority, d.now()), MessageKind::kMajor, 0);
}

void begin_major(Draft& d, std::string_view by, Major major, std::string why, EntryData data) {
    major.declared_at = d.now();
    major.by = std::string(by);
    if (major.commander.empty()) {
        const Team* team = d.context().oncall.team(d.in().team);
        if (team != nullptr) major.commander = team->lead;
    }
    data["commander"] = major.commander;
    data["communication"] = major.communication;
    d.in().facts.major = std::move(major);
    d.say("major", by, std::move(why), std::move(data));
    tell_of_major(d);
    const Duration every = d.in().facts.major->update_every;
    if (every > Duration{0}) d.set(TimerKind::kMajorUpdate, d.now() + every);
}

bool known(const Draft& d, const std::string& person) {
    return person.empty() || d.context().oncall.person(person) != nullptr;
}

}  // namespace

Decision declare_major(Draft& d, const UserAction& action) {
    const Incident& in = d.before();
    for (const std::string& person : {action.person, action.communication}) {
        if (!known(d, person)) return d.invalid(because("nobody is named \"{}\"", {{person}}));
    }
    if (in.facts.major) {
        Major& major = *d.in().facts.major;
        if (action.person.empty() && action.communication.empty() && !action.every) {
            return d.nothing("it is a major incident already");
        }
        if (!action.person.empty()) major.commander = action.person;
        if (!action.communication.empty()) major.communication = action.communication;
        if (action.every) {
            major.update_every = *action.every;
            d.set(TimerKind::kMajorUpdate, d.now() + *action.every);
        }
        d.say("major", action.actor,
              fmt::format("Commander {}, communication {}", major.commander, major.communication),
              {{"commander", major.commander}, {"communication", major.communication}});
        tell_of_major(d);
        return d.done("led anew");
    }
    if (!lead_allows(d, in, action))
        return d.conflict("a major incident is declared by the team's lead only");
    Major major;
    major.commander = action.person;
    major.communication = action.communication;
    major.update_every = action.every.value_or(d.context().settings.major_update);
    const std::string text(trim(action.text));
    begin_major(d, action.actor, std::move(major),
                fmt::format("{} declares a major incident{}{}", action.actor,
                            text.empty() ? "" : ": ", text),
                text.empty() ? EntryData{} : EntryData{{"text", text}});
    return d.done("declared a major incident");
}

bool wants_a_person(const Incident& incident) {
    return incident.facts.reporter.has_value() || incident.facts.major.has_value();
}

void say_all_clear(Draft& d, Timestamp since) {
    Incident& in = d.in();
    in.stable_since.reset();
    in.facts.all_clear_since = since;
    d.say("all_clear", kSystem,
          fmt::format("All clear since {}; a person has to say that it is over",
                      format_rfc3339(since)),
          {{"since", format_rfc3339(since)}});
    // Nothing is left that could be held back, and still somebody is wanted.
    const bool was_held = in.suppressed.has_value();
    in.suppressed.reset();
    if (in.state != State::kTriggered) {
        const int told = d.tell_person(d.owner(), MessageKind::kAllClear);
        if (was_held) await_owner(d, told);
    } else if (was_held) {
        start_ladder(d, MessageKind::kAllClear);
    } else {
        // Nobody owns it: whoever was asked hears that it can be looked at in peace.
        for (const std::string& person : std::vector<std::string>(in.told)) {
            d.tell_person(person, MessageKind::kAllClear);
        }
    }
}

namespace {

// What people have been told of, or what whoever took it, snoozed it or let it wait has seen.
void keep_known_severity(Draft& d) {
    const Incident& before = d.before();
    Incident& in = d.in();
    const PriorityRules& rules = d.context().priorities;
    std::string& known = in.facts.known_severity;
    const bool seen = !is_open(before.state) || in.acknowledged_at != before.acknowledged_at ||
                      (in.snoozed_until && in.snoozed_until != before.snoozed_until) ||
                      (in.state == State::kPending && before.state != State::kPending);
    const bool worse = !in.suppressed && rules.level(known) < rules.level(in.severity);
    if (seen || known.empty() || worse) known = in.severity;
}

}  // namespace

void keep_facts(Draft& d) {
    Incident& in = d.in();
    const Incident& before = d.before();
    const IncidentSettings& settings = d.context().settings;
    if (is_open(in.state)) keep_known_severity(d);
    const bool fires = in.count(AlertStatus::kFiring) + in.count(AlertStatus::kUnknown) > 0;
    if (in.facts.all_clear_since && (fires || !is_open(in.state))) in.facts.all_clear_since.reset();

    const auto rule = settings.major_after.find(in.priority);
    const bool counts =
        is_open(in.state) && !in.absorbed && !in.facts.major && rule != settings.major_after.end();
    const auto old_rule = settings.major_after.find(before.priority);
    const bool counted = !before.absorbed && before.updated_at != Timestamp{} &&
                         is_open(before.state) && !before.facts.major &&
                         old_rule != settings.major_after.end();
    if (counts && (!counted || before.priority != in.priority)) {
        d.set(TimerKind::kMajorRule, std::max(in.opened_at + rule->second, d.now() + 1s));
    } else if (counted && !counts) {
        d.cancel({TimerKind::kMajorRule});
    }

    if (is_open(before.state) && !is_open(in.state)) {
        if (in.facts.major) {
            d.cancel({TimerKind::kMajorUpdate});
            in.facts.major->review_owed = true;
            d.say("review_owed", kSystem, "A review is owed", {});
        }
        if (in.state == State::kResolved) tell_reporter(d, MessageKind::kAskConfirm);
    }
    if (!is_open(before.state) && is_open(in.state)) {
        in.facts.verified_at.reset();
        in.facts.verified_by.clear();
        in.facts.verified_how.clear();
        if (in.facts.major) {
            in.facts.major->review_owed = false;
            if (in.facts.major->update_every > Duration{0}) {
                d.set(TimerKind::kMajorUpdate, d.now() + in.facts.major->update_every);
            }
        }
    }
    // Every word to the others starts the update clock anew.
    if (is_open(in.state) && before.facts.major && in.facts.major->update_every > Duration{0}) {
        const auto& lines = d.decision().timeline;
        const bool said = std::any_of(lines.begin(), lines.end(), [](const TimelineEntry& line) {
            return line.kind == "note" || line.kind == "public_note";
        });
        if (said) d.set(TimerKind::kMajorUpdate, d.now() + in.facts.major->update_every);
    }
    const bool waits = in.state == State::kPending;
    const bool waited = before.state == State::kPending;
    if (waits && !waited && settings.pending_reminder > Duration{0}) {
        d.set(TimerKind::kPendingReminder, d.now() + settings.pending_reminder);
    } else if (waited && !waits) {
        d.cancel({TimerKind::kPendingReminder});
    }
}

Decision major_due(Draft& d) {
    const Incident& in = d.before();
    const auto rule = d.context().settings.major_after.find(in.priority);
    if (!is_open(in.state) || in.facts.major || rule == d.context().settings.major_after.end()) {
        return d.nothing("the timer is of the past");
    }
    if (in.stable_since) {
        d.set(TimerKind::kMajorRule, d.now() + stability_window(d));
        return d.done("everything has cleared");
    }
    Major major;
    major.update_every = d.context().settings.major_update;
    begin_major(d, kSystem, std::move(major),
                fmt::format("A major incident by rule: {} and open for {}", to_string(in.priority),
                            format_duration(rule->second)),
                {{"priority", std::string(to_string(in.priority))},
                 {"after", format_duration(rule->second)}});
    return d.done("a major incident by rule");
}

Decision update_due(Draft& d) {
    const Incident& in = d.before();
    if (!is_open(in.state) || !in.facts.major || in.facts.major->update_every <= Duration{0}) {
        return d.nothing("the timer is of the past");
    }
    const Major& major = *in.facts.major;
    const std::string& who = major.communication.empty() ? major.commander : major.communication;
    d.say("update_due", kSystem,
          fmt::format("An update is due{}{}", who.empty() ? "" : " from ", who), {{"person", who}});
    d.tell_person(who, MessageKind::kUpdateDue);
    d.set(TimerKind::kMajorUpdate, d.now() + major.update_every);
    return d.done("an update is due");
}

Decision pending_reminder_due(Draft& d) {
    const Incident& in = d.before();
    const Duration every = d.context().settings.pending_reminder;
    if (in.state != State::kPending || every <= Duration{0}) {
        return d.nothing("the timer is of the past");
    }
    d.say("pending_reminded", kSystem, "Still pending: " + in.pending_reason,
          {{"reason", in.pending_reason}});
    // Whoever let it wait is asked; its owner, where that is nobody who can be told.
    if (in.pending_by.empty() || d.tell_person(in.pending_by, MessageKind::kStillPending) == 0) {
        d.tell_person(d.owner(), MessageKind::kStillPending);
    }
    d.set(TimerKind::kPendingReminder, d.may_tell_at(MessageKind::kStillPending) + every);
    return d.done("still pending");
}

}  // namespace tocsin::bridge
