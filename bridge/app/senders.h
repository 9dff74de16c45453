// The configured channels behind the outbox's port.
#pragma once

#include <memory>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/core/secret.h"
#include "bridge/config/config.h"
#include "bridge/outbox/sender.h"

namespace tocsin::bridge {

// Reads the channels' secrets; an error names the channel and the file. The sender holds what it
// needs of the configuration; the clock outlives it. `link_key` signs one-tap links.
Result<std::shared_ptr<Sender>> make_sender(std::shared_ptr<const BridgeConfig> config,
                                            Secret link_key, const Clock& clock);

}  // namespace tocsin::bridge
