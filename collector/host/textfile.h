// Metrics that other programs leave in files: <directory>/*.prom, in Prometheus's text format.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// Debian's.
inline constexpr std::string_view kTextfileDirectory = "/var/lib/prometheus/node-exporter";

Result<std::unique_ptr<Collector>> create_textfile(const Context& context);

}  // namespace tocsin::collector
