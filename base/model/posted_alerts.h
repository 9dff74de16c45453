// A POST of alerts with what Alertmanager would say of each that it would not take. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/model/alert.h"

namespace tocsin {

// At which of its steps Alertmanager refuses an alert: how it answers hangs on it.
enum class AlertFault {
    kUnreadable,  // not of the type that it must have
    kFormat,      // a generatorURL that is none
    kMissing,     // no labels
    kInvalid,     // what it says cannot be
};

struct PostedAlerts {
    AlertBatch batch;
    std::vector<AlertFault> faults;  // beside batch.refused
};

// As read_alert_batch(), whose batch it is. Empty times count as absent, and `null` as an array
// without alerts. `starts_by`: when an alert that says no end may start at the latest, which is
// when it would have timed out.
Result<PostedAlerts> read_posted_alerts(std::string_view json, std::optional<Timestamp> starts_by,
                                        const AlertLimits& limits = {});

}  // namespace tocsin
