// The configured channels behind the outbox's port.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "bridge/config/config.h"
#include "bridge/outbox/sender.h"

namespace tocsin::bridge {

// Reads the channels' secrets; an error names the channel and the file.
Result<std::shared_ptr<Sender>> make_sender(const BridgeConfig& config);

}  // namespace tocsin::bridge
