// From a daemon's settings to its log.
#pragma once

#include "base/core/log_settings.h"

namespace tocsin::net {

// At the start, and again when the settings have changed. A word that is none of the settings' own
// is taken for the default.
void configure_log(const LogSettings& settings);

}  // namespace tocsin::net
