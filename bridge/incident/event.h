// Everything that can happen to an incident.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/incident/alert_record.h"
#include "bridge/incident/effect.h"
#include "bridge/incident/facts.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

// The record as it is after the news (fold.h makes it). A resend is a firing that changes nothing.
struct AlertFiring {
    AlertRecord alert;
    bool observed = false;  // observe.h
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

// Held back from now on, by what `alert.suppressor` says; it stays in its incident.
struct AlertSuppressed {
    AlertRecord alert;
};
// Held back no longer, and it has not cleared.
struct AlertReleased {
    AlertRecord alert;
    Suppressor by;  // what held it back
};

// Another alert fires that may be the cause of what this incident's owner is at.
struct CauseFound {
    std::string name;      // "HostUnreachable on web-17"
    std::string incident;  // its key; "" while that one has none
};

// The silence that holds it back ends soon: who made it is told.
struct SilenceEnding {
    Suppressor by;
    std::string creator;  // a person's name, or any text that Alertmanager's clients give
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
    kVerify,    // text or proof: how it was seen that it holds
    kRate,      // satisfaction, text
    kWatch,     // person, or any target; none: the actor
    kUnwatch,
    kLink,   // link, text (its title)
    kMajor,  // person (the commander), communication, every
    kMerge,  // into: merge.h, for it takes two
    kSplit,  // fingerprints: merge.h
};
inline constexpr std::array kActionKinds = {
    ActionKind::kAcknowledge, ActionKind::kUnacknowledge, ActionKind::kDecline, ActionKind::kAssign,
    ActionKind::kNote,        ActionKind::kEscalate,      ActionKind::kSnooze,  ActionKind::kPend,
    ActionKind::kResume,      ActionKind::kResolve,       ActionKind::kConfirm, ActionKind::kClose,
    ActionKind::kReopen,      ActionKind::kPriority,      ActionKind::kVerify,  ActionKind::kRate,
    ActionKind::kWatch,       ActionKind::kUnwatch,       ActionKind::kLink,    ActionKind::kMajor,
    ActionKind::kMerge,       ActionKind::kSplit};
std::string_view to_string(ActionKind kind);  // the API's path: "acknowledge" …
std::optional<ActionKind> parse_action_kind(std::string_view text);

// What the actor may do beyond every responder's moves; the API knows it from the session.
// A reporter confirms, rates, answers and reopens what they reported, and nothing else.
enum class Authority { kReporter, kResponder, kAdmin };
enum class Audience { kInternal, kPublic };  // public: the reporter is told

struct UserAction {
    ActionKind kind = ActionKind::kNote;
    std::string actor;  // the person's name; never empty
    std::string text;   // a note, a reason, what was done; may be empty where it is optional
    std::string person;
    std::string team;
    std::optional<Timestamp> until;
    std::optional<Priority> priority;
    std::string reason{};  // of a wait: the name of a configured one
    Findings findings{};   // with resolve, close, confirm, verify, note
    std::optional<int> satisfaction{};
    std::string link{};           // a key or a URL
    std::string communication{};  // of a major incident: who tells the others
    std::optional<Duration> every{};
    std::string into{};                       // a key
    std::vector<std::string> fingerprints{};  // of alerts
    Audience audience = Audience::kInternal;
    Authority authority = Authority::kResponder;
};

struct TimerDue {
    TimerKind kind = TimerKind::kStability;
    Timestamp due;  // as it was set; one that the incident no longer waits for changes nothing
};

struct EffectOutcome {
    EffectId effect;
    enum class Delivery {
        kDelivered,
        kFailed,  // for good
        kStuck,   // not yet: it is still tried, and another way is wanted
    } delivery = Delivery::kDelivered;
    Notify notify;       // what was to be sent
    std::string detail;  // the server's answer, or why it failed for good
};

// To the parent of a storm: how it stands (storm.h).
struct StormNews {
    int hosts = 0;
    int children = 0;  // all that ever were its
    int open = 0;      // of these; the worst of them:
    Priority priority = Priority::kP3;
    std::string severity;
    std::string some_hosts;             // a few of them, for people
    Timestamp latest{};                 // when the last of them opened
    bool grows = false;                 // new children came
    std::vector<std::string> told;      // people whom those had told: they hear of the storm's end
    std::vector<std::string> policies;  // of the new ones; "" for none
    // All that are open are held back, the longest by this; none: one of them is not.
    std::optional<Suppressor> held{};
};

// To a child of a storm: what became of its parent.
struct ParentNews {
    enum class What {
        kAbsorbs,  // it becomes a child
        kOwner,    // the parent's owner changed
        kEnds,     // the storm is over
    } what = What::kAbsorbs;
    IncidentId parent_id;
    std::string parent;  // its key
    std::string owner;   // who has acknowledged the parent; "" for nobody
    std::string former;  // who had
};

// A person says that a host has another name.
struct HostRenamed {
    std::string from;
    std::string to;
    std::string dedup_key;  // the incident's under the new name
    std::string actor;
};

using Event = std::variant<AlertFiring, AlertResolved, AlertUnknown, UserAction, TimerDue,
                           EffectOutcome, AlertSuppressed, AlertReleased, CauseFound, SilenceEnding,
                           StormNews, ParentNews, HostRenamed>;

}  // namespace tocsin::bridge
