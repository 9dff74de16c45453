// Scrapes an exporter's page over HTTP, as Prometheus does.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_scrape(const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context);

}  // namespace tocsin::collector
