// What the agent runs with: the file, then the flags over it, then what the host says.
#pragma once

#include <iosfwd>

#include "agent/app/flags.h"
#include "agent/config/config.h"
#include "base/core/result.h"

namespace tocsin::agent {

// Everything that is wrong has been said to `err` when this fails: kNotFound or kIo for a file that
// does not read (exit 3), kInvalid for one that is wrong (exit 1) and for a flag's value (exit 2
// is CLI11's; a bad value that it cannot know is 1 too).
Result<Config> load_options(const Flags& flags, std::ostream& err);

}  // namespace tocsin::agent
