// Loads collectors' modules: shared objects from one directory, never unloaded.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/module.h"

namespace tocsin::collector {

// $TOCSIN_MODULE_DIR, or the directory compiled in.
std::string module_directory();

// <directory>/<name>.so. kUnavailable when it is not installed (says which package to install) or
// does not load; kInvalid when it belongs to another build.
Result<const ModuleEntry*> load_module(std::string_view name, const std::string& directory);

}  // namespace tocsin::collector
