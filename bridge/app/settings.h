// From flags and files to what the bridge runs with. Reads files; starts nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "bridge/api/access.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

// The command line; what is given here wins over the file.
struct Flags {
    std::string config_file;  // "" for none: the defaults
    std::string listen;
    std::string store;
    std::string log_level;
    std::string log_format;
    LoopbackWithoutToken loopback = LoopbackWithoutToken::kRefuse;
};

struct Settings {
    std::shared_ptr<const BridgeConfig> config;
    AccessControl access;
    Diagnostics warnings;
};

// kInvalid holds everything that is wrong, one a line; kNotFound or kIo names a file that could
// not be read.
Result<Settings> load_settings(const Flags& flags);

}  // namespace tocsin::bridge
