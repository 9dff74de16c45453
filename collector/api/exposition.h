// Readings in Prometheus's text format 0.0.4.
#pragma once

#include <span>
#include <string>

#include "base/model/labels.h"
#include "base/model/series.h"

namespace tocsin::collector {

inline constexpr std::string_view kExpositionContentType =
    "text/plain; version=0.0.4; charset=utf-8";

// Families sorted by name, series by labels, each series once. The labels of `host` (its instance
// and job) are left out, as exporters do, where a target has not its own instead; so are series
// that have ended (stale). Pure.
std::string exposition(std::span<const Reading> readings, const Labels& host = {});

}  // namespace tocsin::collector
