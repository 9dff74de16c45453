#include "bridge/incident/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/incident/alert_news.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

bool is_over(const AlertRecord& alert) {
    return alert.status == AlertStatus::kResolved;
}

Timestamp firing_since(const Incident& incident) {
    if (incident.is_parent()) return incident.opened_at;
    Timestamp since = Timestamp::max();
    for (const AlertRecord& alert : incident.alerts) {
        if (!is_over(alert)) since = std::min(since, alert.starts_at);
    }
    return since;
}

void becomes_held(Draft& d, const Suppressor& by) {
    Incident& in = d.in();
    d.say("suppressed", kSystem,
          fmt::format("Held back by {}{}", phrase_of(by),
                      by.until ? " until " + format_rfc3339(*by.until) : ""),
          facts_of(by));
    d.drop_waiting(DropWaiting::What::kAsks);
    if (is_open(in.state)) {
        d.cancel({TimerKind::kEscalation, TimerKind::kLapse});
    } else {
        d.cancel({TimerKind::kResolveGrace});
    }
}

void comes_out(Draft& d, const Suppressor& by) {
    Incident& in = d.in();
    const std::string since = format_rfc3339(firing_since(in));
    EntryData data = facts_of(by);
    data["firing_since"] = since;
    const std::string why =
        fmt::format("No longer held back by {}; firing since {}", phrase_of(by), since);
    // A parent has its children's, taken before.
    if (!in.is_parent()) take_priority(d, wanted_priority(d, in), kSystem);
    if (in.state == State::kResolved) {
        reopen(d, kSystem, why, MessageKind::kUnsuppressed, std::move(data));
        return;
    }
    d.say("unsuppressed", kSystem, why, std::move(data));
    switch (in.state) {
        case State::kTriggered:
            start_ladder(d, MessageKind::kUnsuppressed);
            // Whoever was told of it before hears it too, once.
            for (const std::string& person : std::vector<std::string>(in.told)) {
                d.tell_person(person, MessageKind::kUnsuppressed);
            }
            break;
        case State::kAcknowledged:
        case State::kPending:
            await_owner(d, d.tell_person(d.owner(), MessageKind::kUnsuppressed));
            break;
        case State::kResolved:
        case State::kClosed:
            break;
    }
}

}  // namespace

std::optional<Suppressor> held_by(const Incident& incident) {
    std::optional<Suppressor> longest;
    for (const AlertRecord& alert : incident.alerts) {
        if (is_over(alert)) continue;
        if (!alert.suppressor) return std::nullopt;
        if (!longest || ends_before(*longest, *alert.suppressor)) longest = alert.suppressor;
    }
    return longest;
}

bool speaks(const AlertRecord& alert, bool all_held) {
    return !is_over(alert) && (!alert.suppressor || all_held);
}

void settle_suppression(Draft& d) {
    Incident& in = d.in();
    if (in.state == State::kClosed) return;
    const bool any_left = std::any_of(in.alerts.begin(), in.alerts.end(),
                                      [](const AlertRecord& a) { return !is_over(a); });
    // All clear: it stays held back for its window, so that nobody is woken by what ends.
    if (!any_left) return;
    set_suppressed(d, held_by(in));
}

void set_suppressed(Draft& d, const std::optional<Suppressor>& by) {
    const std::optional<Suppressor> before = std::exchange(d.in().suppressed, by);
    if (by && !before) becomes_held(d, *by);
    if (before && !by) comes_out(d, *before);
}

void go_on(Draft& d, MessageKind kind) {
    if (!d.in().suppressed) run_step(d, kind);
}

Decision on_suppressed(Draft& d, const AlertSuppressed& event) {
    const AlertRecord* known = d.before().alert(event.alert.identity);
    if (known == nullptr || is_over(*known)) return d.nothing("held back outside of the incident");
    const bool news = !known->suppressor;
    put(d.in(), event.alert);
    if (d.before().state == State::kClosed) return d.done("the incident is closed");
    refresh(d);
    say_level(d);
    settle_suppression(d);
    // One line: the incident's, when this alert was the last one that was not held back.
    if (news && event.alert.suppressor &&
        d.in().suppressed.has_value() == d.before().suppressed.has_value()) {
        const Suppressor& by = *event.alert.suppressor;
        EntryData data = facts_of(event.alert);
        data.merge(facts_of(by));
        d.say("alert_suppressed", kSystem,
              fmt::format("{} is held back by {}", name_of(event.alert), phrase_of(by)),
              std::move(data));
    }
    return d.done("held back");
}

Decision on_released(Draft& d, const AlertReleased& event) {
    const AlertRecord* known = d.before().alert(event.alert.identity);
    if (known == nullptr || is_over(*known) || d.before().state == State::kClosed) {
        return on_firing(d, AlertFiring{event.alert});
    }
    put(d.in(), event.alert);
    if (d.before().suppressed || d.before().state == State::kResolved) {
        refresh(d);
        say_level(d);
        settle_suppression(d);
        return d.done("held back no longer");
    }
    EntryData data = facts_of(event.alert);
    data.merge(facts_of(event.by));
    d.say("alert_released", kSystem,
          fmt::format("{} is no longer held back by {}", name_of(event.alert), phrase_of(event.by)),
          std::move(data));
    // It was told of before it was held back: no news, unless its level is.
    return fires_open(d, News::kGoesOn);
}

Decision on_cause(Draft& d, const CauseFound& cause) {
    if (!is_open(d.before().state)) return d.nothing("the incident is over");
    const std::string at = cause.incident.empty() ? "" : " (" + cause.incident + ")";
    d.say("linked", kSystem, fmt::format("{}{} fires too and may be the cause", cause.name, at),
          {{"by_name", cause.name}, {"incident", cause.incident}});
    return d.done("linked");
}

Decision on_silence_ending(Draft& d, const SilenceEnding& event) {
    const Incident& in = d.before();
    if (in.state == State::kClosed || !in.suppressed || in.suppressed->id != event.by.id) {
        return d.nothing("it is not this silence that holds it back");
    }
    d.say("silence_ending", kSystem,
          fmt::format("The {} ends at {}", phrase_of(event.by),
                      format_rfc3339(event.by.until.value_or(d.now()))),
          facts_of(event.by));
    // After its end a warning comes too late.
    const bool in_time =
        !event.by.until || d.may_tell_at(MessageKind::kSilenceEnding) < *event.by.until;
    if (in_time) d.tell_person(event.creator, MessageKind::kSilenceEnding);
    return d.done("the silence ends soon");
}

}  // namespace tocsin::bridge
