// What a decision asks the world for: rows of the outbox and of the timers, committed with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/core/id.h"
#include "base/core/time.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

using EffectId = Id<struct EffectTag>;

// Why somebody is told; the notifier finds its words by it.
enum class MessageKind {
    kOpened,        // a new incident, the first step
    kEscalated,     // a later step
    kReminder,      // the last step again
    kReopened,      // it came back
    kStillFiring,   // resolved by hand, and it did not stop
    kRaised,        // above what the owner took on, or what those asked so far were told
    kJoined,        // a new alert joined what the owner took on
    kAssigned,      // "you are asked to take it"
    kAcknowledged,  // to a program: nobody else is to be asked
    kLapsed,        // the acknowledge ended without a word; asks the owner first
    kSnoozeEnded,
    kPendingEnded,
    kResolved,
    kNobody,         // to the catch-all: a step reached nobody, or the ladder is at its end
    kHandedOver,     // to the new team: a functional escalation
    kAtRisk,         // so much of the resolution target has passed
    kBreached,       // all of it
    kAllClear,       // nothing fires any more; a person has to say that it is over
    kStillPending,   // a reminder of a wait
    kOwed,           // it cannot close before cause, solution or proof are said
    kMajor,          // a major incident was declared
    kUpdateDue,      // of a major incident: the others are to hear how it goes
    kVendor,         // to a vendor: help is asked for
    kReceived,       // to the reporter: it is taken down
    kPublicNote,     // to the reporter
    kAskConfirm,     // to the reporter: solved, please confirm
    kUnsuppressed,   // what held it back has ended, and it still fires
    kSilenceEnding,  // to its creator: the silence over it ends soon
    kFlapping,       // it opens again and again; when that starts, and every hour
    kFlappingEnded,
    kStorm,      // many hosts at once: one incident stands for all of theirs
    kOverflow,   // more new incidents than people can be told of
    kReviewDue,  // to whom a review or an action of it is for: it is late
    kTicket,     // to a ticket system that keeps a copy: the incident as it is now (mirror.h)
    kTest,       // of how a person is reached; of no incident
};
std::string_view to_string(MessageKind kind);  // "opened", "still_firing" …
std::optional<MessageKind> parse_message_kind(std::string_view text);

// One message to one contact. Sent once, at or after `not_before`.
struct Notify {
    std::string person;  // "" when the contact is nobody's
    std::string channel;
    std::string address;
    MessageKind kind = MessageKind::kOpened;
    Priority priority = Priority::kP3;
    int step = 0;
    Timestamp not_before;
    bool operator==(const Notify&) const = default;
};

// The address as it may be shown. That of a webhook is often a secret by itself: of a URL no more
// than scheme and host.
std::string shown_address(const Notify& message);

// Messages of this incident that are not delivered yet and have become pointless: they are not
// sent, and one that is being sent is not tried again. What this decision queues itself is none of
// them.
struct DropWaiting {
    enum class What {
        kAsks,  // what asks somebody to take it: not the watchers' opening, not an end
        kAll,
    };
    What what = What::kAsks;
    bool operator==(const DropWaiting&) const = default;
};

// One timer of a kind an incident at most; setting it again moves it.
enum class TimerKind {
    kStability,         // nothing fires until then: resolved
    kEscalation,        // the next step of the response ladder
    kLapse,             // the owner was told of worse and has not acknowledged again
    kSnooze,            // ends
    kPending,           // ends
    kResolveGrace,      // resolved by hand and still firing then: reopens
    kClose,             // resolved long enough
    kExpiry,            // foreign alerts unknown for so long that their source's setting ends them
    kResponseTarget,    // the next share of the response target has passed
    kResolutionTarget,  // of the resolution target
    kAcknowledgeEnd,    // an acknowledge expires
    kMajorRule,         // open for so long at this priority: a major incident
    kMajorUpdate,       // the next update is due
    kPendingReminder,   // its owner is reminded of the wait
    kFlapping,          // so long without change: it flaps no more
    kFlappingRemind,
};
std::string_view to_string(TimerKind kind);  // "stability", "resolve_grace" …
std::optional<TimerKind> parse_timer_kind(std::string_view text);

struct SetTimer {
    TimerKind kind = TimerKind::kStability;
    Timestamp due;
    bool operator==(const SetTimer&) const = default;
};

struct CancelTimer {
    TimerKind kind = TimerKind::kStability;
    bool operator==(const CancelTimer&) const = default;
};

// Reminders of what is owed, waited for or late: they take the contacts and the hours of P4,
// whatever the incident's priority is.
bool wakes_nobody(MessageKind kind);

// Whether a message is among those.
bool is_dropped(DropWaiting::What what, const Notify& message);

using Effect = std::variant<Notify, DropWaiting, SetTimer, CancelTimer>;

}  // namespace tocsin::bridge
