// What an action's text becomes in the timeline, and whom semantics 8 lets do it. Internal to this
// module.
#pragma once

#include <string>

#include "base/core/strings.h"
#include "bridge/incident/draft.h"

namespace tocsin::bridge {

inline EntryData with_text(const UserAction& action, EntryData data = {}) {
    if (!trim(action.text).empty()) data["text"] = std::string(trim(action.text));
    return data;
}

// "said: the text", or what was said alone.
inline std::string sentence(const std::string& said, const UserAction& action) {
    const std::string_view text = trim(action.text);
    return text.empty() ? said : said + ": " + std::string(text);
}

// P1 is pended, P1 and P2 are lowered, and a major incident is declared by the team's lead, where
// there is one (semantics 8).
inline bool lead_allows(const Draft& d, const Incident& in, const UserAction& action) {
    const Team* team = d.context().oncall.team(in.team);
    return action.authority == Authority::kAdmin || team == nullptr || team->lead.empty() ||
           team->lead == action.actor;
}

// actions_wait.cpp and actions_end.cpp; on_action() picks.
Decision snooze(Draft& d, const UserAction& action);
Decision pend(Draft& d, const UserAction& action);
Decision resume(Draft& d, const UserAction& action);
Decision resolve_by_hand(Draft& d, const UserAction& action);
Decision end_by_hand(Draft& d, const UserAction& action);
Decision set_priority(Draft& d, const UserAction& action);

}  // namespace tocsin::bridge
