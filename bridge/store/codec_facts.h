// What people said of an incident as JSON, a part of its `detail`. For the .cpp files of this
// folder.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "bridge/incident/facts.h"

namespace tocsin::bridge::codec {

boost::json::object facts_object(const Facts& facts);
Facts facts_from(const boost::json::value& value);

}  // namespace tocsin::bridge::codec
