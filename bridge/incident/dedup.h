// One problem, one incident: which alerts share one (docs/adr/0007-dedup-key.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/model/alert.h"
#include "bridge/incident/route.h"

namespace tocsin::bridge {

// A rule's own addition to the route's group_by: label names, separated by commas or spaces.
inline constexpr std::string_view kAnnotationGroupBy = "tocsin_group_by";

// The labels that tell such alerts from others, in the key's order: the route's group_by, then what
// the annotation adds; never severity.
std::vector<std::string> key_labels(const Route& route, const Annotations& annotations);

// `<route>:alertname="DiskFull",host="web-17",instance=""`: the route's group_by in its order, then
// what the annotation adds; an absent label is the empty text; severity never takes part. Two label
// sets give the same key only if they agree on every one of these labels.
std::string dedup_key(const Route& route, const Labels& labels, const Annotations& annotations);

// Of a storm's parent, by its group (storm.h), and of what the fuse has made one.
std::string storm_key(std::string_view group);
inline constexpr std::string_view kOverflowKey = "overflow:";

// Of the list of what fires on a host that is new: `join:host="web-17"`.
std::string join_key(std::string_view host);

}  // namespace tocsin::bridge
