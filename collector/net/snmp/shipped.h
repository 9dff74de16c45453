// The files of modules that come with the agent, as text: collector/net/snmp/modules/*.yml.
#pragma once

#include <span>
#include <string_view>

namespace tocsin::collector::snmp {

struct ShippedFile {
    std::string_view name;
    std::string_view text;
};
std::span<const ShippedFile> shipped_files();

}  // namespace tocsin::collector::snmp
