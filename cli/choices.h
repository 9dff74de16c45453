// `tocsin choices`: what actions can name, as the bridge's own configuration has it.
#pragma once

#include "cli/session.h"

namespace tocsin::cli {

int list_choices(const Session& session);

}  // namespace tocsin::cli
