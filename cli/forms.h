// Values of options that are wrong by their form, whatever the bridge knows: CLI11's checks, which
// give what is wrong, or "". They end the command with 2 before anything is sent.
#pragma once

#include <string>

namespace tocsin::cli {

std::string wrong_duration(const std::string& text);  // 30m, 1d12h
std::string wrong_time(const std::string& text);      // RFC 3339
std::string wrong_pair(const std::string& text);      // NAME=VALUE
std::string wrong_url(const std::string& text);       // http://HOST:PORT

}  // namespace tocsin::cli
