// A session of the library's asynchronous single-session interface, on the loop.
#pragma once

#include <memory>
#include <string>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/discovery.h"
#include "collector/net/snmp/session.h"
#include "collector/net/snmp/user_keys.h"

namespace tocsin::collector::snmp {

struct SessionOptions {
    std::string peer;    // "udp:10.0.0.1:161", "udp6:[::1]:161"; never a name
    std::string device;  // as messages call it
    SnmpCredential credential;
    Secrets secrets;
    Engine engine;  // of version 3
    Duration wait{2s};
    int retries = 3;
};

// kConflict, kInvalid and kUnauthorized say what is wrong with the keys.
Result<std::unique_ptr<Session>> open_session(net::Loop& loop, const SessionOptions& options);

}  // namespace tocsin::collector::snmp
