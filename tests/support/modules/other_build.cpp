// A module whose build id is not this build's.
#include "collector/api/module.h"

extern "C" const tocsin::collector::ModuleEntry* tocsin_module_entry() {
    static constexpr tocsin::collector::ModuleEntry kEntry{"0.0.1-another", 0, nullptr};
    return &kEntry;
}
