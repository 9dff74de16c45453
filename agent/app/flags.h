// The command line of tocsin-agent.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/core/time.h"

namespace tocsin::agent {

// A flag that was not given leaves the configuration's value, or its default.
struct Flags {
    enum class Command { kServe, kCollect } command = Command::kServe;
    std::string config;  // "": no file
    std::optional<std::string> listen;
    std::vector<std::string> bridges;
    std::vector<std::string> rules;
    std::optional<Duration> interval;
    std::optional<std::string> state;
    std::optional<std::string> log_level;
    std::optional<std::string> log_format;
    std::optional<std::string> procfs;
    std::optional<std::string> sysfs;
    std::optional<std::string> rootfs;
    std::optional<std::string> udev_data;
};

// The flags, or the exit status of what was said instead (--help, --version, a mistake).
std::variant<Flags, int> parse_flags(int argc, char** argv, std::ostream& out, std::ostream& err);

}  // namespace tocsin::agent
