// `tocsin-agent collect`: the host's collectors once, without a daemon.
#pragma once

#include <iosfwd>

#include "agent/config/config.h"

namespace tocsin::agent {

// The exit status: 0 when a page was printed, though collectors may have failed: each says why in
// the log. What is configured and not collected so, the targets, is named on `err`.
int collect(const Config& config, std::ostream& out, std::ostream& err);

}  // namespace tocsin::agent
