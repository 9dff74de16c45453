// What people do beside moving an incident from state to state: say what was found, check, rate,
// watch, link, tell the reporter, ask a vendor, lead a major incident. Internal to this module.
#pragma once

#include <optional>
#include <string>

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// Cause, solution and proof that come with an action. What is wrong with them, if anything; the
// findings then stay as they were.
std::optional<Reason> take_findings(Draft& d, const UserAction& action);
// Of `close_needs`, what the incident still owes: "cause, solution"; "" when nothing.
std::string owed_by(const Draft& d, const Incident& incident);
// Satisfaction that comes with an action; what is wrong with it, if anything.
std::optional<Reason> take_rating(Draft& d, const UserAction& action);

Decision verify(Draft& d, const UserAction& action);
Decision rate(Draft& d, const UserAction& action);
Decision watch(Draft& d, const UserAction& action);
Decision unwatch(Draft& d, const UserAction& action);
Decision link(Draft& d, const UserAction& action);
Decision public_note(Draft& d, const UserAction& action);
Decision ask_vendor(Draft& d, const UserAction& action);
Decision declare_major(Draft& d, const UserAction& action);

// A message to who reported it; nothing without one, or without a way to reach them. Returns
// whether any of those who reported it has a way to be told.
bool tell_reporter(Draft& d, MessageKind kind);

// Whether a person has to say that it is over, whatever the alerts do (semantics 3).
bool wants_a_person(const Incident& incident);
// Nothing has fired for the stability window: says so and asks the owner instead of resolving.
void say_all_clear(Draft& d, Timestamp since);

// After a decision: the rule for major incidents and its timer, what ends with the state.
void keep_facts(Draft& d);
Decision major_due(Draft& d);
Decision update_due(Draft& d);
Decision pending_reminder_due(Draft& d);

}  // namespace tocsin::bridge
