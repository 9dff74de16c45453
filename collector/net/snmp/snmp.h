// A device that answers SNMP: its modules' objects as series, under snmp_exporter's names.
#pragma once

#include <memory>

#include "collector/api/target.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/files/kept_files.h"
#include "collector/net/snmp/session.h"

namespace tocsin::collector {

// kInvalid when it names modules that neither come with the agent nor stand in its files, or in one
// that is wrong.
Result<std::unique_ptr<Target>> create_snmp(const std::shared_ptr<const TargetConfig>& config,
                                            const TargetContext& context);

// With modules and a connector of the caller's.
Result<std::unique_ptr<Target>> create_snmp_with(std::shared_ptr<const SnmpConfig> config,
                                                 const TargetContext& context,
                                                 snmp::ModuleLayers modules,
                                                 std::unique_ptr<snmp::Connector> connector);

}  // namespace tocsin::collector
