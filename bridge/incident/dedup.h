// One problem, one incident: which alerts share one (docs/adr/0007-dedup-key.md).
#pragma once

#include <string>

#include "base/model/alert.h"
#include "bridge/incident/route.h"

namespace tocsin::bridge {

// A rule's own addition to the route's group_by: label names, separated by commas or spaces.
inline constexpr std::string_view kAnnotationGroupBy = "tocsin_group_by";

// `<route>:alertname="DiskFull",host="web-17",instance=""`: the route's group_by in its order, then
// what the annotation adds; an absent label is the empty text; severity never takes part. Two label
// sets give the same key only if they agree on every one of these labels.
std::string dedup_key(const Route& route, const Labels& labels, const Annotations& annotations);

}  // namespace tocsin::bridge
