// The last thing that a program does with what it has printed.
#pragma once

#include <iosfwd>
#include <string_view>

namespace tocsin {

// Writes out what is still buffered. The exit status: `status`, or 3 when any of it was lost (a
// full disk, a pipe that nobody reads), which is said to `err`.
int written(std::ostream& out, std::ostream& err, std::string_view program, int status);

}  // namespace tocsin
