// Alertmanager's v2 API in the shapes that amtool, karma and Prometheus read (its openapi.yaml,
// version 0.25). Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http.h"
#include "bridge/config/config.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

using CurrentAlerts = std::vector<std::pair<AlertRecord, IncidentSummary>>;

// The query parameters of GET /api/v2/alerts and /api/v2/alerts/groups.
struct AlertFilter {
    Matchers matchers;
    bool active = true;
    std::vector<Regex> receiver;  // none or one
};
Result<AlertFilter> parse_alert_filter(const net::Request& request);

// An alert that fires at two severities is two alerts there.
std::string gettable_alerts(const CurrentAlerts& alerts, const AlertFilter& filter, Timestamp now);
std::string alert_groups(const CurrentAlerts& alerts, const AlertFilter& filter, Timestamp now);
std::string receivers_json(const BridgeConfig& config);
std::string status_json(std::string_view version, Timestamp started);

}  // namespace tocsin::bridge
