// The `tocsin` command: arguments in, text and an exit status out.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace tocsin::cli {

// Exit statuses, the same for every command (docs/command.md).
inline constexpr int kDone = 0;
inline constexpr int kNo = 1;           // a check failed, nothing was found, the bridge said no
inline constexpr int kUsage = 2;        // used wrongly
inline constexpr int kUnreachable = 3;  // could not reach or read what was named

// `args` without the program's name.
int run(std::vector<std::string> args, std::istream& in, std::ostream& out, std::ostream& err);
// With nothing on standard input.
int run(std::vector<std::string> args, std::ostream& out, std::ostream& err);

}  // namespace tocsin::cli
