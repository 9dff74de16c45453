// How the log of a daemon is configured, in the words of its file and flags.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tocsin {

inline constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};
inline constexpr std::array<std::string_view, 3> kLogFormats{"logfmt", "json", "journald"};

struct LogSettings {
    std::string level = "info";     // one of kLogLevels
    std::string format = "logfmt";  // one of kLogFormats
};

}  // namespace tocsin
