// Descriptions of metrics whose names the source itself spells (a line of /proc/meminfo).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/model/sample.h"

namespace tocsin::collector {

// The description of that name, made once and kept until the process ends, as series need it
// (they may outlive the collector in the history). The first help and type of a name stay, whatever
// current_desc() was told of it. The kernel's field names bound how many there are. Characters that
// no metric's name has become '_'. Thread-safe; takes a lock, so ask once a series.
const MetricDesc* dynamic_desc(std::string_view name, std::string_view help, MetricType type);

// The same for what another program describes, which may name ever new metrics: nothing once the
// process has so many descriptions and this name is not among them.
inline constexpr std::size_t kMostForeignDescs = 50'000;
const MetricDesc* foreign_desc(const MetricDesc& said);

// The same for what may change its mind while the process runs: another help, type, family or unit
// of a name is another description, and revisable: those above stand where both describe a series.
// After so many of one name the last stays.
inline constexpr std::size_t kMostDescsOfName = 10;
const MetricDesc* current_desc(const MetricDesc& said);

// Of two of one name: whether a page shows them alike.
bool says_the_same(const MetricDesc& a, const MetricDesc& b);

}  // namespace tocsin::collector
