// One alert's JSON, for whoever reads a request that holds alerts.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "base/model/alert.h"

namespace tocsin {

// A request's body with the limits of alerts: kTooLarge when it is nested deeper than `depth`.
Result<boost::json::value> parse_alert_body(std::string_view text, int depth);

// An object with labels, annotations, startsAt, endsAt and generatorURL, as Alertmanager's API has
// it. Other members are left alone, and generatorURL may be any text. Errors as in parse_alerts().
Result<Alert> alert_of_json(const boost::json::value& value, const AlertLimits& limits);

// Puts it among the alerts of the batch, or among those refused, as the next of its request.
void add_alert(AlertBatch& batch, Result<Alert> alert);

}  // namespace tocsin
