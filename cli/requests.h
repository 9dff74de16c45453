// What a call of the bridge or the agent is made of, for commands that need more than call().
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/net/http_client.h"
#include "cli/session.h"

namespace tocsin::cli {

// With the session's token.
Result<net::ClientRequest> request_to(const Session& session, std::string_view method,
                                      std::string url, std::string body);
// The daemon's own error, in its own words; none below 400.
std::optional<Error> refusal_of(const net::Response& response);

}  // namespace tocsin::cli
