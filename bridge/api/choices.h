// What the fields of an action may name: the people, teams, vendors, causes and reasons of
// bridge.yml, and who is asking. For forms, which then offer what the bridge will take.
#pragma once

#include <string>

#include "bridge/api/access.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

std::string choices_json(const BridgeConfig& config, const Caller& caller);

}  // namespace tocsin::bridge
