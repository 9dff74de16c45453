// What a person is told: a plain value with everything that a channel may want to show. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/time.h"
#include "bridge/incident/decide.h"
#include "bridge/incident/effect.h"
#include "bridge/incident/incident.h"
#include "bridge/knowledge/similar.h"
#include "bridge/notify/entry_text.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// One alert of the incident.
struct AlertLine {
    std::string name;
    std::string host;
    std::string severity;
    AlertStatus status = AlertStatus::kFiring;
    Timestamp since;
    std::string summary;      // the annotation, with the numbers
    std::string description;  // may have lines
};

struct Recipient {
    std::string name;     // the person's; "" when the contact is nobody's
    std::string display;  // how they are called; the name when nothing better is known
    std::string address;  // what the channel needs: an address, a number, a URL
};

// One of the things that can be done with one tap (links.h); each link does one.
struct ActionLink {
    ActionKind action = ActionKind::kAcknowledge;
    std::string url;
};

// One of several messages that travel as one.
struct DigestItem {
    MessageKind kind = MessageKind::kOpened;
    Priority priority = Priority::kP3;
    std::string key;
    std::string title;
    State state = State::kTriggered;
};

struct Message {
    MessageKind kind = MessageKind::kOpened;
    int step = 0;                 // of the escalation policy; 0 when it is not about one
    int steps = 0;                // that its policy has
    std::string language = "en";  // or "zh-CN"
    std::string timezone = "UTC";
    Timestamp at;  // when it was written
    Recipient recipient;
    bool outside = false;  // who reads it works elsewhere, and reads nothing of the work within
    // The same for every attempt to send this message, and for no other message.
    std::string idempotency_key;

    std::string key;  // "INC-2026-000001"
    std::string title;
    State state = State::kTriggered;
    Priority priority = Priority::kP3;
    std::string severity;
    std::string category;  // "database"; "" for none
    std::string host;
    Timestamp opened_at;
    Timestamp since;  // what it tells of began; never after opened_at
    std::optional<Timestamp> resolved_at;
    std::optional<Timestamp> flapping_since;
    std::string resolved_by;        // a person's display name; "" when the system did
    std::string assignee;           // display name; "" for none
    std::vector<std::string> told;  // who else, by display name
    std::vector<AlertLine> alerts;  // what fires first, the worst of it first; bounded
    int firing = 0;
    int unknown = 0;
    int resolved = 0;
    std::vector<TimelineEntry> timeline;  // the last few, oldest first
    EntryData released{};                 // of what held it back, when this tells of its end
    Names names{};                        // of the people it speaks of
    std::string runbook;                  // an address, or text
    std::vector<std::string> article;     // the text where the runbook is one; cut
    std::string url;                      // the incident's page
    std::vector<ActionLink> actions;      // what fits the incident's state
    std::vector<std::string> similar;     // past ones and how they ended, a line each
    std::vector<std::string> problems;    // what it belongs to, with workarounds, a line each
    std::vector<std::string> mentions;    // in a group: whom to mention, as the channel knows them
    // Not empty: this is a digest. `url` is the list's then, and of the fields above only
    // priority, recipient, language, times, mentions and the key of idempotency count.
    std::vector<DigestItem> digest;
};

struct MessageSettings {
    std::string url;  // what links start with, without a slash at the end
    std::string language = "en";
    std::string timezone = "UTC";
};

// `timeline` is the incident's, oldest first. The language is the recipient's own, if they have
// one.
Message make_message(const Incident& incident, const Notify& notify,
                     const std::vector<TimelineEntry>& timeline, const Oncall& oncall,
                     const MessageSettings& settings, std::string idempotency_key, Timestamp now);

// Adds what is known beside the incident: similar past ones, problems with their workarounds and,
// where no alert names a runbook, the article that matches best. `base` is what links start with.
void add_background(Message& message, const Background& background, std::string_view base);

// Several incidents as one message, the worst first, whose priority is the message's, and ends
// last; the language is the recipients' own where they share one.
Message make_digest(const std::vector<std::pair<const Incident*, const Notify*>>& parts,
                    const Oncall& oncall, const MessageSettings& settings,
                    std::string idempotency_key, Timestamp now);

}  // namespace tocsin::bridge
