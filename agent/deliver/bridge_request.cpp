#include "agent/deliver/bridge_request.h"

#include <utility>

#include "base/model/alert.h"

namespace tocsin::agent {

net::ClientRequest bridge_request(const BridgeOptions& bridge, std::size_t door,
                                  std::string_view path, std::string json, Timestamp now) {
    net::ClientRequest request;
    request.method = "POST";
    request.url = bridge.urls[door];
    while (request.url.ends_with('/')) request.url.pop_back();
    request.url += path;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("User-Agent", "tocsin-agent/" + bridge.version);
    request.headers.set(kHeaderSentAt, format_rfc3339(now));
    if (!bridge.token.empty()) {
        request.headers.set("Authorization", "Bearer " + bridge.token.reveal());
    }
    request.body = std::move(json);
    return request;
}

}  // namespace tocsin::agent
