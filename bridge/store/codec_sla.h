// The clocks of an incident as JSON, a part of its `detail`. For the .cpp files of this folder.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "bridge/incident/sla.h"

namespace tocsin::bridge::codec {

boost::json::object sla_object(const SlaState& sla);
SlaState sla_from(const boost::json::value& value);

}  // namespace tocsin::bridge::codec
