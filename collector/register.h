// The one list of collectors, and the one of kinds of targets.
#pragma once

#include <span>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/api/target.h"

namespace tocsin::collector {

std::span<const Registration> registrations();
const Registration* find_registration(std::string_view name);

// Makes the collector of a row; loads its module first when it has one (from the compiled-in
// directory beside the program, or $TOCSIN_MODULE_DIR in tests). kUnavailable names the file and
// the package when the module is not installed.
Result<std::unique_ptr<Collector>> create_collector(const Registration& row,
                                                    const Context& context);

std::span<const TargetKind> target_kinds();
const TargetKind* find_target_kind(std::string_view name);
// Likewise the target of a kind's configuration.
Result<std::unique_ptr<Target>> create_target(const TargetKind& kind,
                                              const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context);

}  // namespace tocsin::collector
