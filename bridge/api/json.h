// The API's JSON, written from the store's values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/api/alertmanager.h"
#include "bridge/config/config.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

// An incident as lists and live events show it. `url` is what links start with.
std::string incident_json(const IncidentSummary& row, std::string_view url);
// The same with what an action came to, what is possible now, and what may be wanted next.
std::string acted_json(const Incident& incident, std::string_view url, std::string_view result);
std::string page_json(const IncidentPage& page, std::string_view url);
// Of its escalation also what comes next, by the people and policies that there are now.
std::string detail_json(const IncidentDetail& detail, std::string_view url, const Oncall& oncall);

// What is held back now, and by what: {"alerts": [… "incident": its key or null]}.
std::string suppressed_json(const AlertsView& view);
std::string expected_json(const std::vector<ExpectRecord>& rows, const BridgeConfig& config);

std::string blips_json(const std::vector<Blip>& rows, int limit);
std::string observed_json(const std::vector<ObservedCount>& rows, Timestamp since);
// {"result": "…"}
std::string result_json(std::string_view result);

// How often the agent is to beat: {"interval": seconds}.
std::string heartbeat_json(Duration every);
std::string host_json(const HostRow& row);
std::string hosts_json(const std::vector<HostRow>& rows);

}  // namespace tocsin::bridge
