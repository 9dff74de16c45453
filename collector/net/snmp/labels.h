// The labels of an instance of an object: its indexes, and what is looked up by them. Pure.
#pragma once

#include <vector>

#include "base/model/labels.h"
#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/files/value.h"

namespace tocsin::collector::snmp {

struct InstanceLabels {
    Labels kept;
    Labels full;  // with those that a lookup drops
};

// `found`: all that the device said, sorted by OID.
InstanceLabels labels_of(const Metric& metric, OidView instance, const std::vector<VarBind>& found);

// The type of this instance of the metric: a combined one is what the object before it says.
Type object_type(const Metric& metric, OidView instance, const std::vector<VarBind>& found);

}  // namespace tocsin::collector::snmp
