// The files that come with the agent, as text: modules (collector/net/snmp/modules/*.yml) and
// mappings of traps (modules/traps/*.yml).
#pragma once

#include <span>
#include <string_view>

namespace tocsin::collector::snmp {

struct ShippedFile {
    std::string_view name;
    std::string_view text;
};
std::span<const ShippedFile> shipped_files();
std::span<const ShippedFile> shipped_trap_files();

}  // namespace tocsin::collector::snmp
