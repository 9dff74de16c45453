// What who reported an incident may read of it: what they said and were told, and what became of
// it.
#pragma once

#include "bridge/store/queries.h"

namespace tocsin::bridge {

void keep_public(IncidentDetail& detail);

}  // namespace tocsin::bridge
