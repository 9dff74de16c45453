#include "collector/api/module.h"

#include "collector/build_id.h"
#include "collector/service/systemd/journal.h"
#include "collector/service/systemd/systemd.h"

namespace {

constexpr tocsin::collector::ModuleCollector kCollectors[] = {
    {"systemd", tocsin::collector::create_systemd},
};
constexpr tocsin::collector::ModuleTarget kTargets[] = {
    {"journal", tocsin::collector::create_journal},
};
constexpr tocsin::collector::ModuleEntry kEntry{tocsin::collector::kBuildId, std::size(kCollectors),
                                                kCollectors, std::size(kTargets), kTargets};

}  // namespace

extern "C" const tocsin::collector::ModuleEntry* tocsin_module_entry() {
    return &kEntry;
}
