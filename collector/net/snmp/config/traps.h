// The section `snmp_traps` of agent.yml: where traps are received, and whose.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "collector/net/snmp/config/config.h"

namespace tocsin::collector {

struct TrapsConfig final : TargetConfig {
    std::vector<SnmpPeer> listen;          // addresses, no names
    std::vector<std::string> communities;  // of version 2c; none: it is refused
    std::string community_file;
    std::vector<SnmpCredential> users;  // of version 3, each name once
    std::vector<std::string> mapping_files;
    std::vector<std::pair<std::string, std::string>> instances;  // address → what it is called
    int rate = 100;                                              // traps a second of one device
};

// All devices together may send so many times as much as one.
inline constexpr int kTrapSenders = 10;

std::vector<SettingSpec> snmp_traps_settings();
TargetConfigs read_snmp_traps(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
