// The text of one log line, apart from where it goes. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/core/time.h"
#include "base/net/log.h"

namespace tocsin::net {

// Without the newline, and never with one inside. logfmt: `ts=… level=… msg=… key=value`, quoted
// where a value needs it; JSON: one object of strings; journal: `<N>` and logfmt without the time
// and level, which the journal keeps by itself.
std::string format_log_line(LogFormat format, Timestamp at, LogLevel level,
                            std::string_view message, std::span<const LogField> fields);

// A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace tocsin::net
