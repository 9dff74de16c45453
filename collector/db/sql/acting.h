// The servers' own functions that act although the statement that calls them only reads: they take
// locks that outlive it, write where no transaction undoes it, end sessions, wait, or run what a
// string says. Pure.
//
// Functions that somebody wrote are not known here; what the user may do is the fence there.
#pragma once

#include <string_view>

#include "collector/db/sql/statement.h"

namespace tocsin::collector {

// Whether a call of that name is one. Case does not matter.
bool is_acting_function(std::string_view name, SqlDialect dialect);

}  // namespace tocsin::collector
