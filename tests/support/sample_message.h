// A message about a full file system, for tests of what channels make of it.
#pragma once

#include <array>
#include <string>

#include "bridge/notify/message.h"

namespace tocsin::bridge {

inline Message sample_message() {
    Message m;
    m.kind = MessageKind::kEscalated;
    m.step = 2;
    m.language = "en";
    m.timezone = "Asia/Shanghai";
    m.at = parse_rfc3339("2026-11-22T13:34:41Z").value();
    m.recipient = {"li.na", "Li Na", "li.na@example.com"};
    m.idempotency_key = "INC-2026-000001-7";
    m.key = "INC-2026-000001";
    m.title = "FilesystemFilling on web-17";
    m.state = State::kTriggered;
    m.priority = Priority::kP2;
    m.severity = "critical";
    m.host = "web-17";
    m.opened_at = parse_rfc3339("2026-11-22T13:22:41Z").value();
    m.since = m.opened_at;
    m.told = {"Zhao Lei", "Wang Wei"};
    AlertLine alert;
    alert.name = "FilesystemFilling";
    alert.host = "web-17";
    alert.severity = "critical";
    alert.since = m.opened_at;
    alert.summary = "/ is 93 % full, 4.1 GiB left";
    alert.description = "It grows by 2 GiB an hour.";
    m.alerts = {alert};
    m.firing = 1;
    m.timeline = {{m.opened_at,
                   "opened",
                   std::string(kSystem),
                   "FilesystemFilling on web-17 fires",
                   {{"alertname", "FilesystemFilling"},
                    {"host", "web-17"},
                    {"severity", "critical"},
                    {"priority", "P2"}}},
                  {m.at, "note", "zhao.lei", "looking", {}}};
    m.runbook = "https://wiki.example/runbooks/disk";
    m.url = "https://tocsin.example/incidents/INC-2026-000001";
    return m;
}

// The same with one-tap links.
inline Message linked_message() {
    Message m = sample_message();
    m.actions = {{ActionKind::kAcknowledge, "https://tocsin.example/l/a"},
                 {ActionKind::kResolve, "https://tocsin.example/l/r"}};
    return m;
}

inline constexpr std::array kAllMessageKinds = {
    MessageKind::kOpened,       MessageKind::kEscalated,     MessageKind::kReminder,
    MessageKind::kReopened,     MessageKind::kStillFiring,   MessageKind::kRaised,
    MessageKind::kJoined,       MessageKind::kAssigned,      MessageKind::kLapsed,
    MessageKind::kSnoozeEnded,  MessageKind::kPendingEnded,  MessageKind::kResolved,
    MessageKind::kNobody,       MessageKind::kHandedOver,    MessageKind::kAtRisk,
    MessageKind::kBreached,     MessageKind::kAllClear,      MessageKind::kStillPending,
    MessageKind::kOwed,         MessageKind::kMajor,         MessageKind::kUpdateDue,
    MessageKind::kVendor,       MessageKind::kReceived,      MessageKind::kPublicNote,
    MessageKind::kAskConfirm,   MessageKind::kUnsuppressed,  MessageKind::kSilenceEnding,
    MessageKind::kFlapping,     MessageKind::kFlappingEnded, MessageKind::kStorm,
    MessageKind::kOverflow,     MessageKind::kReviewDue,     MessageKind::kTicket,
    MessageKind::kAcknowledged, MessageKind::kTest};

}  // namespace tocsin::bridge
