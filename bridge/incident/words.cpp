// The words of the core's enumerations: one table each, read both ways.
#include <span>
#include <utility>

#include "bridge/incident/effect.h"
#include "bridge/incident/event.h"
#include "bridge/incident/incident.h"
#include "bridge/incident/priority_rules.h"
#include "bridge/incident/state.h"

namespace tocsin::bridge {
namespace {

template <class E>
using Word = std::pair<E, std::string_view>;

template <class E, std::size_t N>
std::string_view word_of(const std::array<Word<E>, N>& table, E value) {
    for (const auto& [e, word] : table) {
        if (e == value) return word;
    }
    return "";
}

template <class E, std::size_t N>
std::optional<E> value_of(const std::array<Word<E>, N>& table, std::string_view word) {
    for (const auto& [e, w] : table) {
        if (w == word) return e;
    }
    return std::nullopt;
}

constexpr std::array kStateWords = {
    Word<State>{State::kTriggered, "triggered"}, Word<State>{State::kAcknowledged, "acknowledged"},
    Word<State>{State::kPending, "pending"},     Word<State>{State::kResolved, "resolved"},
    Word<State>{State::kClosed, "closed"},
};
constexpr std::array kStatusWords = {
    Word<AlertStatus>{AlertStatus::kFiring, "firing"},
    Word<AlertStatus>{AlertStatus::kResolved, "resolved"},
    Word<AlertStatus>{AlertStatus::kUnknown, "unknown"},
};
constexpr std::array kActionWords = {
    Word<ActionKind>{ActionKind::kAcknowledge, "acknowledge"},
    Word<ActionKind>{ActionKind::kUnacknowledge, "unacknowledge"},
    Word<ActionKind>{ActionKind::kDecline, "decline"},
    Word<ActionKind>{ActionKind::kAssign, "assign"},
    Word<ActionKind>{ActionKind::kNote, "note"},
    Word<ActionKind>{ActionKind::kEscalate, "escalate"},
    Word<ActionKind>{ActionKind::kSnooze, "snooze"},
    Word<ActionKind>{ActionKind::kPend, "pend"},
    Word<ActionKind>{ActionKind::kResume, "resume"},
    Word<ActionKind>{ActionKind::kResolve, "resolve"},
    Word<ActionKind>{ActionKind::kConfirm, "confirm"},
    Word<ActionKind>{ActionKind::kClose, "close"},
    Word<ActionKind>{ActionKind::kReopen, "reopen"},
    Word<ActionKind>{ActionKind::kPriority, "priority"},
    Word<ActionKind>{ActionKind::kVerify, "verify"},
    Word<ActionKind>{ActionKind::kRate, "rate"},
    Word<ActionKind>{ActionKind::kWatch, "watch"},
    Word<ActionKind>{ActionKind::kUnwatch, "unwatch"},
    Word<ActionKind>{ActionKind::kLink, "link"},
    Word<ActionKind>{ActionKind::kMajor, "major"},
    Word<ActionKind>{ActionKind::kMerge, "merge"},
    Word<ActionKind>{ActionKind::kSplit, "split"},
};
constexpr std::array kMessageWords = {
    Word<MessageKind>{MessageKind::kOpened, "opened"},
    Word<MessageKind>{MessageKind::kEscalated, "escalated"},
    Word<MessageKind>{MessageKind::kReminder, "reminder"},
    Word<MessageKind>{MessageKind::kReopened, "reopened"},
    Word<MessageKind>{MessageKind::kStillFiring, "still_firing"},
    Word<MessageKind>{MessageKind::kRaised, "raised"},
    Word<MessageKind>{MessageKind::kJoined, "joined"},
    Word<MessageKind>{MessageKind::kAssigned, "assigned"},
    Word<MessageKind>{MessageKind::kAcknowledged, "acknowledged"},
    Word<MessageKind>{MessageKind::kLapsed, "lapsed"},
    Word<MessageKind>{MessageKind::kSnoozeEnded, "snooze_ended"},
    Word<MessageKind>{MessageKind::kPendingEnded, "pending_ended"},
    Word<MessageKind>{MessageKind::kResolved, "resolved"},
    Word<MessageKind>{MessageKind::kNobody, "nobody"},
    Word<MessageKind>{MessageKind::kHandedOver, "handed_over"},
    Word<MessageKind>{MessageKind::kAtRisk, "at_risk"},
    Word<MessageKind>{MessageKind::kBreached, "breached"},
    Word<MessageKind>{MessageKind::kAllClear, "all_clear"},
    Word<MessageKind>{MessageKind::kStillPending, "still_pending"},
    Word<MessageKind>{MessageKind::kOwed, "owed"},
    Word<MessageKind>{MessageKind::kMajor, "major"},
    Word<MessageKind>{MessageKind::kUpdateDue, "update_due"},
    Word<MessageKind>{MessageKind::kVendor, "vendor"},
    Word<MessageKind>{MessageKind::kReceived, "received"},
    Word<MessageKind>{MessageKind::kPublicNote, "public_note"},
    Word<MessageKind>{MessageKind::kAskConfirm, "ask_confirm"},
    Word<MessageKind>{MessageKind::kUnsuppressed, "unsuppressed"},
    Word<MessageKind>{MessageKind::kReviewDue, "review_due"},
    Word<MessageKind>{MessageKind::kSilenceEnding, "silence_ending"},
    Word<MessageKind>{MessageKind::kFlapping, "flapping"},
    Word<MessageKind>{MessageKind::kFlappingEnded, "flapping_ended"},
    Word<MessageKind>{MessageKind::kStorm, "storm"},
    Word<MessageKind>{MessageKind::kOverflow, "overflow"},
    Word<MessageKind>{MessageKind::kTicket, "ticket"},
    Word<MessageKind>{MessageKind::kTest, "test"},
};
constexpr std::array kTimerWords = {
    Word<TimerKind>{TimerKind::kStability, "stability"},
    Word<TimerKind>{TimerKind::kEscalation, "escalation"},
    Word<TimerKind>{TimerKind::kLapse, "lapse"},
    Word<TimerKind>{TimerKind::kSnooze, "snooze"},
    Word<TimerKind>{TimerKind::kPending, "pending"},
    Word<TimerKind>{TimerKind::kResolveGrace, "resolve_grace"},
    Word<TimerKind>{TimerKind::kClose, "close"},
    Word<TimerKind>{TimerKind::kExpiry, "expiry"},
    Word<TimerKind>{TimerKind::kResponseTarget, "response_target"},
    Word<TimerKind>{TimerKind::kResolutionTarget, "resolution_target"},
    Word<TimerKind>{TimerKind::kAcknowledgeEnd, "acknowledge_end"},
    Word<TimerKind>{TimerKind::kMajorRule, "major_rule"},
    Word<TimerKind>{TimerKind::kMajorUpdate, "major_update"},
    Word<TimerKind>{TimerKind::kPendingReminder, "pending_reminder"},
    Word<TimerKind>{TimerKind::kFlapping, "flapping"},
    Word<TimerKind>{TimerKind::kFlappingRemind, "flapping_remind"},
};
constexpr std::array kIncidentKindWords = {
    Word<Incident::Kind>{Incident::Kind::kAlerts, "alerts"},
    Word<Incident::Kind>{Incident::Kind::kStorm, "storm"},
    Word<Incident::Kind>{Incident::Kind::kOverflow, "overflow"},
    Word<Incident::Kind>{Incident::Kind::kJoin, "join"},
};
constexpr std::array kUrgencyWords = {
    Word<Urgency>{Urgency::kLow, "low"},
    Word<Urgency>{Urgency::kMedium, "medium"},
    Word<Urgency>{Urgency::kHigh, "high"},
};
constexpr std::array kImpactWords = {
    Word<Impact>{Impact::kLow, "low"},
    Word<Impact>{Impact::kMedium, "medium"},
    Word<Impact>{Impact::kHigh, "high"},
};
constexpr std::array kImpactByWords = {
    Word<ImpactBy>{ImpactBy::kService, "service"},
    Word<ImpactBy>{ImpactBy::kLabel, "label"},
    Word<ImpactBy>{ImpactBy::kReport, "report"},
    Word<ImpactBy>{ImpactBy::kNothing, ""},
};

}  // namespace

std::string_view to_string(State state) {
    return word_of(kStateWords, state);
}
std::optional<State> parse_state(std::string_view text) {
    return value_of(kStateWords, text);
}
std::string_view to_string(AlertStatus status) {
    return word_of(kStatusWords, status);
}
std::optional<AlertStatus> parse_alert_status(std::string_view text) {
    return value_of(kStatusWords, text);
}
std::string_view to_string(ActionKind kind) {
    return word_of(kActionWords, kind);
}
std::optional<ActionKind> parse_action_kind(std::string_view text) {
    return value_of(kActionWords, text);
}
std::string shown_address(const Notify& message) {
    const std::string& url = message.address;
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    std::string host = url.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#\\"));
    if (const std::size_t user = host.rfind('@'); user != std::string::npos) {
        host.erase(0, user + 1);
    }
    const std::size_t port = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    if (port != std::string::npos && (bracket == std::string::npos || bracket < port)) {
        host.erase(port);
    }
    return url.substr(0, scheme + 3) + host;
}
std::string_view to_string(MessageKind kind) {
    return word_of(kMessageWords, kind);
}
std::optional<MessageKind> parse_message_kind(std::string_view text) {
    return value_of(kMessageWords, text);
}
std::string_view to_string(TimerKind kind) {
    return word_of(kTimerWords, kind);
}
std::optional<TimerKind> parse_timer_kind(std::string_view text) {
    return value_of(kTimerWords, text);
}
std::string_view to_string(Incident::Kind kind) {
    return word_of(kIncidentKindWords, kind);
}
std::optional<Incident::Kind> parse_incident_kind(std::string_view text) {
    return value_of(kIncidentKindWords, text);
}
std::string_view to_string(Urgency urgency) {
    return word_of(kUrgencyWords, urgency);
}
std::string_view to_string(Impact impact) {
    return word_of(kImpactWords, impact);
}
std::string_view to_string(ImpactBy by) {
    return word_of(kImpactByWords, by);
}

}  // namespace tocsin::bridge
