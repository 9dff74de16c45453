// What wakes whom: messages by a channel that rings, at night. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bridge/config/channel.h"
#include "bridge/oncall/zone.h"
#include "bridge/simulate/simulation.h"

namespace tocsin::bridge {

// The night is 22:00 to 08:00 by the bridge's clock (`timezone`).
inline constexpr Duration kNightBegins = 22h;
inline constexpr Duration kNightEnds = 8h;
bool is_night(Timestamp at, const Zone& zone);

// Those that make a telephone ring: SMS (http, command), PagerDuty, and group robots, which ring
// for whom they mention. Not mail, and not webhooks, which programs read.
std::set<std::string> ringing_channels(const std::vector<Channel>& channels);

// The people whom this message wakes; each once, whatever it lists.
std::set<std::string> woken_by(const SentMessage& message, const BridgeConfig& config,
                               const std::set<std::string>& ringing, const Zone& zone);

}  // namespace tocsin::bridge
