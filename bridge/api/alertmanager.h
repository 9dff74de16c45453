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

// All alerts that have not cleared, and what may hold them back.
struct AlertsView {
    CurrentAlerts alerts;           // of incidents that are not closed
    std::vector<AlertRecord> held;  // held back outside of any incident
    std::vector<Silence> silences;  // active ones, windows included
    std::vector<InhibitSource> sources;
};
Result<AlertsView> read_alerts(Queries& queries, Timestamp now);

// The query parameters of GET /api/v2/alerts and /api/v2/alerts/groups.
struct AlertFilter {
    Matchers matchers;
    bool active = true;
    bool silenced = true;
    bool inhibited = true;
    std::vector<Regex> receiver;  // none or one
};
Result<AlertFilter> parse_alert_filter(const net::Request& request);

// An alert that fires at two severities is two alerts there.
std::string gettable_alerts(const AlertsView& view, const BridgeConfig& config,
                            const AlertFilter& filter, Timestamp now);
// A group is what its route's group_by makes one, for one receiver: an incident, unless it was
// merged, split or part of a storm, or what would be one if nothing held it back.
std::string alert_groups(const AlertsView& view, const BridgeConfig& config,
                         const AlertFilter& filter, Timestamp now);
std::string receivers_json(const BridgeConfig& config);
// `version` is this program's; clients are told the version of the API that they may count on, and
// the routes in the words of Alertmanager's configuration.
std::string status_json(const BridgeConfig& config, std::string_view version, Timestamp started);

}  // namespace tocsin::bridge
