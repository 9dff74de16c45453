// The API's JSON, written from the store's values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/store/queries.h"

namespace tocsin::bridge {

// An incident as lists and live events show it. `url` is what links start with.
std::string incident_json(const IncidentSummary& row, std::string_view url);
// The same with one more field: what an action came to.
std::string acted_json(const Incident& incident, std::string_view url, std::string_view result);
std::string page_json(const IncidentPage& page, std::string_view url);
std::string detail_json(const IncidentDetail& detail, std::string_view url);

std::string host_json(const HostRow& row);
std::string hosts_json(const std::vector<HostRow>& rows);

}  // namespace tocsin::bridge
