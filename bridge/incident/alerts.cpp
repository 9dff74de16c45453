// What the news of an alert does to an incident.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/incident/alert_news.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/observe.h"
#include "bridge/incident/ownership.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"
#include "bridge/incident/suppression.h"

namespace tocsin::bridge {

void put(Incident& incident, const AlertRecord& alert) {
    for (AlertRecord& known : incident.alerts) {
        if (known.identity == alert.identity) {
            known = alert;
            known.incident = incident.id;
            return;
        }
    }
    incident.alerts.push_back(alert);
    incident.alerts.back().incident = incident.id;
}

std::string name_of(const AlertRecord& alert) {
    std::string name(alert.labels.get("alertname"));
    if (name.empty()) name = "alert without a name";
    if (!alert.host.empty()) name += " on " + alert.host;
    return name;
}

std::map<std::string, std::string> facts_of(const AlertRecord& alert) {
    return {{"identity", alert.identity},
            {"fingerprint", alert.fingerprint},
            {"alertname", std::string(alert.labels.get("alertname"))},
            {"host", alert.host},
            {"severity", alert.severity}};
}

namespace {

News news_of(const AlertRecord* known) {
    if (known == nullptr) return News::kJoins;
    if (known->status == AlertStatus::kResolved) return News::kFiresAgain;
    return known->status == AlertStatus::kUnknown ? News::kBack : News::kGoesOn;
}

void say_news(Draft& d, News news, const AlertRecord& alert) {
    switch (news) {
        case News::kJoins:
            d.say("alert_joined", kSystem, fmt::format("{} joins", name_of(alert)),
                  facts_of(alert));
            break;
        case News::kFiresAgain:
            d.say("alert_fired", kSystem, fmt::format("{} fires again", name_of(alert)),
                  facts_of(alert));
            break;
        case News::kBack:
            d.say("alert_back", kSystem,
                  fmt::format("{} is heard of again and fires", name_of(alert)), facts_of(alert));
            break;
        case News::kGoesOn:
            break;
    }
}

}  // namespace

bool say_level(Draft& d) {
    const PriorityRules& rules = d.context().priorities;
    const Level before = rules.level(d.before().severity);
    const Level after = rules.level(d.in().severity);
    if (d.in().severity == d.before().severity) return false;
    const bool rose = before < after;
    d.say(rose ? "level_raised" : "level_lowered", kSystem,
          fmt::format("{} → {}", before.name.empty() ? "no severity" : before.name,
                      after.name.empty() ? "no severity" : after.name),
          {{"from", before.name}, {"to", after.name}, {"title", d.in().title}});
    return rose;
}

namespace {

// Whether the level is above what is known of it.
bool is_higher(Draft& d) {
    const PriorityRules& rules = d.context().priorities;
    const std::string& known = d.before().facts.known_severity;
    return rules.level(known.empty() ? d.before().severity : known) < rules.level(d.in().severity);
}

}  // namespace

Decision fires_open(Draft& d, News news) {
    Incident& in = d.in();
    bool flaps = false;
    // Everybody concerned has heard that it was over.
    const bool back = d.before().facts.all_clear_since.has_value() && news != News::kGoesOn;
    if (back) flaps = note_opening(d);
    if (in.stable_since) {
        in.stable_since.reset();
        d.cancel({TimerKind::kStability});
        flaps = note_opening(d);
    }
    refresh(d);
    const bool rose = say_level(d);
    if (news != News::kGoesOn || rose) flapping_changed(d);
    if (in.suppressed) {
        settle_suppression(d);
        if (flaps) tell_flapping(d);
        return d.done("fires, and is not held back");
    }
    const bool joins = news == News::kJoins;
    const bool higher = rose && is_higher(d);
    const Priority wanted = wanted_priority(d, in);
    const bool worse = wanted < in.priority && (rose || joins || news == News::kFiresAgain);
    if (!higher && !joins && !worse && !back) {
        if (flaps) tell_flapping(d);
        return d.done("fires on");
    }

    // Whoever has a host that is new has its list: it is not told of each line.
    const bool listed = in.kind == Incident::Kind::kJoin && !higher && !worse;
    const bool owned = in.state != State::kTriggered && !listed;
    if (in.state == State::kPending) {
        pending_to_acknowledged(d);
        d.say(
            "resumed", kSystem,
            higher ? "The level rose: no longer pending" : "A new alert joined: no longer pending");
    }
    if (worse) raise_priority(d, wanted, kSystem);
    if (owned) {
        ask_owner_again(d, higher || worse ? MessageKind::kRaised
                           : back          ? MessageKind::kReopened
                                           : MessageKind::kJoined);
    } else if (back) {
        for (const std::string& person : d.before().told) {
            d.tell_person(person, MessageKind::kReopened);
        }
    }
    if (flaps) tell_flapping(d);
    return d.done(higher ? "the level rose"
                  : back ? "it fires again after everything had cleared"
                         : "an alert joined");
}

namespace {

// When it was resolved, or when the last alert cleared that fired on then.
Timestamp over_since(const Incident& incident, Timestamp now) {
    Timestamp since = incident.resolved_at.value_or(now);
    for (const AlertRecord& alert : incident.alerts) {
        if (alert.status == AlertStatus::kResolved)
            since = std::max(since, alert.ends_at.value_or(since));
    }
    return std::min(since, now);
}

Decision fires_resolved(Draft& d, News news, const AlertRecord& alert) {
    Incident& in = d.in();
    if (news == News::kGoesOn || news == News::kBack) {
        // Resolved by hand while it fired: only a new episode, or the end of the grace, reopens.
        // One that was unknown then had no grace yet.
        if (news == News::kBack) {
            say_news(d, news, alert);
            d.set(TimerKind::kResolveGrace, d.now() + d.context().settings.resolve_grace);
        }
        refresh(d);
        return d.done("resolved by hand and still firing");
    }
    const Duration window = d.context().route.reopen.value_or(d.context().settings.reopen);
    const Duration since = d.now() - over_since(d.before(), d.now());
    const std::string ago = format_duration(std::chrono::floor<std::chrono::seconds>(since));
    if (since > window) {
        in.alerts = d.before().alerts;
        close(d, kSystem, fmt::format("{} fires again after {}: superseded", name_of(alert), ago));
        d.decision().supersede = true;
        d.decision().timeline.back().kind = "superseded";
        return d.done("fires again after the reopen window");
    }
    say_news(d, news, alert);
    refresh(d);
    say_level(d);
    take_priority(d, wanted_priority(d, in), kSystem);
    const bool flaps = note_opening(d);
    reopen(d, kSystem, fmt::format("Fires again {} after it was resolved", ago),
           flaps ? MessageKind::kFlapping : MessageKind::kReopened);
    return d.done("fires again within the reopen window");
}

}  // namespace

Decision on_firing(Draft& d, const AlertFiring& event) {
    if (d.before().state == State::kClosed) {
        return d.conflict("the incident is closed; the alert belongs to its successor");
    }
    if (event.alert.suppressor) return on_suppressed(d, AlertSuppressed{event.alert});
    const News news = news_of(d.before().alert(event.alert.identity));
    put(d.in(), event.alert);
    if (d.before().observed && !event.observed && is_open(d.before().state)) end_observing(d);
    if (d.before().state == State::kResolved) return fires_resolved(d, news, event.alert);
    say_news(d, news, event.alert);
    return fires_open(d, news);
}

Decision on_resolved(Draft& d, const AlertResolved& event) {
    const AlertRecord* known = d.before().alert(event.alert.identity);
    if (known == nullptr || known->status == AlertStatus::kResolved) {
        return d.nothing("the alert was not firing here");
    }
    Incident& in = d.in();
    put(in, event.alert);
    if (in.state == State::kClosed) return d.done("the incident is closed");

    auto facts = facts_of(event.alert);
    const Timestamp cleared_at = std::min(event.alert.ends_at.value_or(d.now()), d.now());
    facts["cleared_at"] = format_rfc3339(cleared_at);
    if (!event.reason.empty()) facts["reason"] = event.reason;
    d.say("alert_cleared", kSystem,
          fmt::format("{} has cleared{}", name_of(event.alert),
                      event.reason.empty() ? "" : " (" + event.reason + ")"),
          std::move(facts));
    refresh(d);
    say_level(d);
    flapping_changed(d);
    if (in.state == State::kResolved) {
        if (in.count(AlertStatus::kFiring) == 0) {
            d.cancel({TimerKind::kResolveGrace});
            in.suppressed.reset();
        }
        return d.done("it was resolved by hand before");
    }
    Timestamp last = cleared_at;
    for (const AlertRecord& alert : in.alerts) {
        if (alert.status == AlertStatus::kResolved && alert.ends_at) {
            last = std::max(last, *alert.ends_at);
        }
    }
    settle_suppression(d);
    check_clear(d, last);
    return d.done("an alert cleared");
}

Decision on_unknown(Draft& d, const AlertUnknown& event) {
    const AlertRecord* known = d.before().alert(event.alert.identity);
    if (known == nullptr || known->status != AlertStatus::kFiring) {
        return d.nothing("the alert was not firing here");
    }
    Incident& in = d.in();
    put(in, event.alert);
    if (in.state == State::kClosed) return d.done("the incident is closed");
    auto facts = facts_of(event.alert);
    facts["reason"] = event.reason;
    d.say("alert_unknown", kSystem,
          fmt::format("Whether {} still fires is unknown: {}", name_of(event.alert), event.reason),
          std::move(facts));
    refresh(d);
    arm_expiry(d);
    return d.done("an alert's news stopped");
}

Decision open(const Opening& opening, const Context& context, Timestamp now) {
    Incident in;
    in.key = opening.key;
    in.dedup_key = opening.dedup_key;
    in.opened_at = now;
    in.route = context.route.name;
    in.openings = opening.openings;
    in.kind = opening.kind;
    in.observed = opening.observed;
    const Service* const service = context.priorities.service(opening.alert.labels);
    if (service != nullptr) in.service = service->name;
    const Ownership owner = ownership_of(context.route, service, context.oncall);
    in.team = owner.team;
    in.policy = owner.policy;
    for (const Route* route : opening.also) {
        for (const Target& target : route->tell) in.watchers.push_back(to_string(target));
    }

    Draft d(in, context, now);
    put(d.in(), opening.alert);
    refresh(d);
    d.in().priority = wanted_priority(d, d.in());
    auto facts = facts_of(opening.alert);
    const PriorityRules& rules = context.priorities;
    facts["priority"] = std::string(to_string(d.in().priority));
    facts["impact"] = std::string(to_string(rules.impact(opening.alert.labels)));
    facts["urgency"] = std::string(to_string(rules.level(opening.alert.severity).urgency));
    facts["route"] = d.in().route;
    facts["started_at"] = format_rfc3339(opening.alert.starts_at);
    d.say("opened", kSystem,
          fmt::format("{} fires: {}, {} (impact {}, urgency {})", name_of(opening.alert),
                      opening.alert.severity.empty() ? "no severity" : opening.alert.severity,
                      facts["priority"], facts["impact"], facts["urgency"]),
          facts);
    d.in().facts.category = std::string(opening.alert.labels.get("category"));
    start_clocks(d);
    keep_facts(d);
    if (opening.released) {
        EntryData data = facts_of(*opening.released);
        data["firing_since"] = facts["started_at"];
        d.say("unsuppressed", kSystem,
              fmt::format("No longer held back by {}; firing since {}",
                          phrase_of(*opening.released), facts["started_at"]),
              std::move(data));
    }
    if (d.in().observed) d.say("observed", kSystem, "Observed: it is recorded, and nobody is told");
    const bool flaps = note_opening(d);
    start_ladder(d, flaps ? MessageKind::kFlapping : MessageKind::kOpened);
    d.tell_watchers(MessageKind::kOpened);
    return d.done("opened");
}

void come_after(Incident& closed, Decision& opened) {
    if (closed.successor.empty()) closed.successor = opened.next.key;
    opened.next.predecessor = closed.key;
    opened.timeline.front().data["predecessor"] = closed.key;
    opened.timeline.front().text += ", after " + closed.key;
}

Succession succeed(Decision closed, const Opening& opening, const Context& context, Timestamp now) {
    closed.timeline.back().data["successor"] = opening.key;
    closed.timeline.back().text += " by " + opening.key;
    Decision opened = open(opening, context, now);
    come_after(closed.next, opened);
    return {std::move(closed), std::move(opened)};
}

}  // namespace tocsin::bridge
