// The moves between states, each in one place whatever caused it. Internal to this module.
#pragma once

#include <optional>
#include <string_view>

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// The response ladder from its start; a first step with `after` waits for its time.
void start_ladder(Draft& d, MessageKind kind);
// The next step not yet reached, now; beyond the last one, the last one again.
void run_step(Draft& d, MessageKind kind);
// The step that was reached, once more, when it repeats before the next one is due; false: it is
// time for run_step().
bool repeat_step(Draft& d);
// The first step of another policy than the incident's own: told beside the ladder, once.
void tell_first_step(Draft& d, const Policy& policy, MessageKind kind);
// Somebody was asked first; the ladder's next step follows if they are silent.
void wait_then_ladder(Draft& d);

// Whoever is one of `people` has answered, if nobody had.
void respond(Draft& d, std::string_view who);
void acknowledge(Draft& d, std::string_view person);
// Out of acknowledged or pending; the caller starts or continues the ladder.
void to_triggered(Draft& d);
void pending_to_acknowledged(Draft& d);
void end_snooze(Draft& d);
// The owner was told of something worse and is asked to acknowledge again (P1 and P2 lapse).
void ask_owner_again(Draft& d, MessageKind kind);
// The acknowledge lapses unless the owner, told by so many messages, answers in time.
void await_owner(Draft& d, int told);
// The acknowledge ends: the owner is asked first, then the next step not yet reached.
void lapse_of(Draft& d, std::string why);
// The owner has been told of worse and has not answered yet.
bool awaits_owner(const Incident& incident);

enum class By { kHand, kItself };
void resolve(Draft& d, Timestamp at, std::string_view who, By by);
// Out of resolved: triggered with the last owner asked and the ladder from its start.
void reopen(Draft& d, std::string_view actor, std::string why, MessageKind kind,
            EntryData data = {});
// "Not fixed": acknowledged by the owner if that is somebody on call who can be reached, else
// triggered.
void reopen_by_hand(Draft& d, std::string_view actor, std::string_view text);
void close(Draft& d, std::string_view actor, std::string why, EntryData data = {});

// The labels that all of them share, but the severity.
Labels common_labels(const std::vector<AlertRecord>& alerts);
// Severity, common labels and title after a change of alerts.
void refresh(Draft& d);
// How long nothing may fire before the incident resolves by itself.
Duration stability_window(const Draft& d);
// Nothing fires and nothing is unknown: the stability window starts (or, being none, has passed).
void check_clear(Draft& d, Timestamp cleared_at);
// When an unknown alert ends as expired; nothing for those whose source has no such setting.
std::optional<Timestamp> expiry_of(const Draft& d, const AlertRecord& alert);
// The timer for the first of them.
void arm_expiry(Draft& d);
// A priority above what it is: raised, said and told. What the alerts ask for: wanted_priority().
Priority wanted_priority(const Draft& d, const Incident& incident);
void raise_priority(Draft& d, Priority to, std::string_view actor, EntryData data = {});
// Raised and said; whoever hears of the incident now hears it with this. Nothing when it is lower.
void take_priority(Draft& d, Priority to, std::string_view actor, EntryData data = {});

}  // namespace tocsin::bridge
