// What every request to the bridge carries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/secret.h"
#include "base/core/time.h"
#include "base/net/http_client.h"

namespace tocsin::agent {

struct BridgeOptions {
    std::vector<std::string> urls;  // one at least; without a path's last slash or with it
    Secret token;                   // "": none is sent
    std::string version;            // of the agent, for User-Agent
};

net::ClientRequest bridge_request(const BridgeOptions& bridge, std::size_t door,
                                  std::string_view path, std::string json, Timestamp now);

}  // namespace tocsin::agent
