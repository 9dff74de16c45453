#include "collector/api/module.h"

#include "collector/build_id.h"
#include "collector/net/snmp/snmp.h"
#include "collector/net/snmp/snmp_traps.h"

namespace {

constexpr tocsin::collector::ModuleTarget kTargets[] = {
    {"snmp", tocsin::collector::create_snmp},
    {"snmp_traps", tocsin::collector::create_snmp_traps},
};
constexpr tocsin::collector::ModuleEntry kEntry{tocsin::collector::kBuildId, 0, nullptr,
                                                std::size(kTargets), kTargets};

}  // namespace

extern "C" const tocsin::collector::ModuleEntry* tocsin_module_entry() {
    return &kEntry;
}
