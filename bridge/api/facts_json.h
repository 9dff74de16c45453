// What people said of an incident, as the API shows it. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

#include "bridge/incident/incident.h"

namespace tocsin::bridge {

// type, category, major: for lists too.
void put_brief_facts(boost::json::object& out, const Facts& facts);
void put_facts(boost::json::object& out, const Facts& facts);
// Links that people made, to incidents (`url` of the page) and elsewhere.
void add_links(boost::json::array& out, const Facts& facts, std::string_view base);

}  // namespace tocsin::bridge
