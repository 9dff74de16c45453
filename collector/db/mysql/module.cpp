#include "collector/api/module.h"

#include "collector/build_id.h"
#include "collector/db/mysql/mysql.h"

namespace {

constexpr tocsin::collector::ModuleTarget kTargets[] = {
    {"mysql", tocsin::collector::create_mysql},
};
constexpr tocsin::collector::ModuleEntry kEntry{tocsin::collector::kBuildId, 0, nullptr,
                                                std::size(kTargets), kTargets};

}  // namespace

extern "C" const tocsin::collector::ModuleEntry* tocsin_module_entry() {
    return &kEntry;
}
