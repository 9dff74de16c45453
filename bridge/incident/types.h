// All of the incident core's public types and functions.
#pragma once

#include "bridge/incident/alert_record.h"  // IWYU pragma: export
#include "bridge/incident/decide.h"        // IWYU pragma: export
#include "bridge/incident/dedup.h"         // IWYU pragma: export
#include "bridge/incident/effect.h"        // IWYU pragma: export
#include "bridge/incident/event.h"         // IWYU pragma: export
#include "bridge/incident/fold.h"          // IWYU pragma: export
#include "bridge/incident/incident.h"      // IWYU pragma: export
#include "bridge/incident/liveness.h"      // IWYU pragma: export
#include "bridge/incident/merge.h"         // IWYU pragma: export
#include "bridge/incident/report.h"        // IWYU pragma: export
#include "bridge/incident/state.h"         // IWYU pragma: export
#include "bridge/incident/suppressor.h"    // IWYU pragma: export
