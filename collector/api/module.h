// What a collector's module (a shared object of this build, loaded when it is needed) gives.
//
// Its one entry is `extern "C" const tocsin::collector::ModuleEntry* tocsin_module_entry()`. The
// build id stands first and is compared before anything else is touched: both sides share classes,
// so a module of another build must not be used.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/api/target.h"

namespace tocsin::collector {

struct ModuleCollector {
    std::string_view name;  // of the registry's row
    Result<std::unique_ptr<Collector>> (*create)(const Context&);
};

struct ModuleTarget {
    std::string_view name;  // of the kind's row
    Result<std::unique_ptr<Target>> (*create)(const std::shared_ptr<const TargetConfig>&,
                                              const TargetContext&);
};

struct ModuleEntry {
    const char* build_id;
    std::size_t count;
    const ModuleCollector* collectors;
    std::size_t target_count;
    const ModuleTarget* targets;
};

using ModuleEntryFunction = const ModuleEntry* (*)();
inline constexpr char kModuleEntryName[] = "tocsin_module_entry";

}  // namespace tocsin::collector
