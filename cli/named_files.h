// What a configuration names and this machine does not have: files of secrets and certificates,
// programs, files of rules. Warnings, since it may be checked elsewhere than where it is used.
#pragma once

#include <string_view>

#include "base/core/diagnostics.h"

namespace tocsin::cli {

// `text` is the YAML of agent.yml or bridge.yml; absolute paths are looked at, credentials and
// patterns are not. Says nothing where this user may not look.
void warn_of_named_files(std::string_view text, Diagnostics& diagnostics);

}  // namespace tocsin::cli
