// The key that signs one-tap links: a file that is made at the first start.
#pragma once

#include <string>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

// `links.key_file`, else link.key in the folder of the store's file.
std::string link_key_file(const BridgeConfig& config);

// Reads it; makes it, readable by its owner alone, when there is none. An error names the file and
// what to do.
Result<Secret> load_link_key(const std::string& file);

}  // namespace tocsin::bridge
