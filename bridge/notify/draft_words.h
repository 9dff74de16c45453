// The words of what the bridge stores of reviews, problems and articles for people to edit: those
// of its own language (`language` in bridge.yml), since everybody reads the same text. Pure.
#pragma once

#include "bridge/config/config.h"
#include "bridge/knowledge/drafts.h"

namespace tocsin::bridge {

DraftWords draft_words(const BridgeConfig& config);

}  // namespace tocsin::bridge
