// What a configuration names: files of secrets and certificates, programs, files of rules. What is
// not on this machine is a warning, since it may be checked elsewhere than where it is used.
#pragma once

#include <string_view>

#include "base/core/diagnostics.h"

namespace tocsin::cli {

// `text` is the YAML of agent.yml or bridge.yml; absolute paths are looked at, credentials and
// patterns are not. A secret that the daemons would refuse is an error, in their words. Says
// nothing where this user may not look.
void check_named_files(std::string_view text, Diagnostics& diagnostics);

}  // namespace tocsin::cli
