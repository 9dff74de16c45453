// What the agent runs with: the file, then the flags over it, then what the host says.
#pragma once

#include <iosfwd>

#include "agent/app/flags.h"
#include "agent/config/config.h"
#include "base/core/result.h"

namespace tocsin::agent {

// Everything that is wrong has been said to `err` when this fails: kNotFound or kIo for a file that
// does not read (exit 3), kInvalid for one that is wrong (exit 1). The flags are right already.
Result<Config> load_options(const Flags& flags, std::ostream& err);

// What the program ends with: 1 where something is wrong, 3 where something was not to be had.
int exit_status(const Error& error);

}  // namespace tocsin::agent
