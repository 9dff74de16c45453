// From a device's name and credential to a session.
#pragma once

#include <memory>

#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/session.h"

namespace tocsin::collector::snmp {

// Names are resolved in the pool, since the resolver blocks.
std::unique_ptr<Connector> make_connector(net::Loop& loop, net::OffloadPool& pool,
                                          std::shared_ptr<const SnmpConfig> config);

}  // namespace tocsin::collector::snmp
