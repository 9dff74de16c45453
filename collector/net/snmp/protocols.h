// The library's identifiers of the protocols that agent.yml names.
#pragma once

#include <cstddef>
#include <string_view>

#include "collector/net/snmp/library.h"

namespace tocsin::collector::snmp {

struct ObjectId {
    oid* parts = nullptr;
    std::size_t size = 0;
};

// Null parts: the library was built without it.
ObjectId auth_protocol_oid(std::string_view name);
ObjectId priv_protocol_oid(std::string_view name);

}  // namespace tocsin::collector::snmp
