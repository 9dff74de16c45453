// The clocks of an incident as the API shows them. Pure.
#pragma once

#include <boost/json/object.hpp>

#include "bridge/incident/incident.h"

namespace tocsin::bridge {

// {"response": …, "resolution": …}: `state` is running, paused, met, breached or not_needed; null
// for a clock without a target.
boost::json::object sla_json(const Incident& incident);

}  // namespace tocsin::bridge
