// How messages fared: the timeline says it, and what did not arrive goes another way. Internal to
// this module.
#pragma once

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// The same message by the person's next contact method, unless it has become pointless. How many
// messages that are.
int fall_back(Draft& d, const Notify& sent, std::string_view detail);

}  // namespace tocsin::bridge
