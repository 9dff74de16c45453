// Everything that can happen to an incident.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bridge/incident/alert_record.h"
#include "bridge/incident/effect.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

// The record as it is after the news (fold.h makes it). A resend is a firing that changes nothing.
struct AlertFiring {
    AlertRecord alert;
};
// `reason`: "" for the sender's own word, else "expired", "ephemeral", "retired" ….
struct AlertResolved {
    AlertRecord alert;
    std::string reason;
};
struct AlertUnknown {
    AlertRecord alert;
    std::string reason;  // "no news since …", "host unreachable"
};

enum class ActionKind {
    kAcknowledge,
    kUnacknowledge,
    kDecline,
    kAssign,    // person
    kNote,      // text
    kEscalate,  // team (with text: what was found), or none: the next step now
    kSnooze,    // until
    kPend,      // text (the reason), until
    kResume,
    kResolve,
    kConfirm,
    kClose,
    kReopen,    // "not fixed"
    kPriority,  // priority
};
inline constexpr std::array kActionKinds = {
    ActionKind::kAcknowledge, ActionKind::kUnacknowledge, ActionKind::kDecline, ActionKind::kAssign,
    ActionKind::kNote,        ActionKind::kEscalate,      ActionKind::kSnooze,  ActionKind::kPend,
    ActionKind::kResume,      ActionKind::kResolve,       ActionKind::kConfirm, ActionKind::kClose,
    ActionKind::kReopen,      ActionKind::kPriority};
std::string_view to_string(ActionKind kind);  // the API's path: "acknowledge" …
std::optional<ActionKind> parse_action_kind(std::string_view text);

// What the actor may do beyond every responder's moves; the API knows it from the session.
enum class Authority { kResponder, kAdmin };

struct UserAction {
    ActionKind kind = ActionKind::kNote;
    std::string actor;  // the person's name; never empty
    std::string text;   // a note, a reason, what was done; may be empty where it is optional
    std::string person;
    std::string team;
    std::optional<Timestamp> until;
    std::optional<Priority> priority;
    Authority authority = Authority::kResponder;
};

struct TimerDue {
    TimerKind kind = TimerKind::kStability;
    Timestamp due;  // as it was set; one that the incident no longer waits for changes nothing
};

struct EffectOutcome {
    EffectId effect;
    enum class Delivery { kDelivered, kFailed } delivery = Delivery::kDelivered;  // both final
    Notify notify;       // what was to be sent
    std::string detail;  // the server's answer, or why it failed for good
};

using Event =
    std::variant<AlertFiring, AlertResolved, AlertUnknown, UserAction, TimerDue, EffectOutcome>;

}  // namespace tocsin::bridge
