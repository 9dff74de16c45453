// `tocsin hosts …`: the hosts whose agents beat, and what people say of them.
#pragma once

#include <string>

#include "cli/session.h"

namespace tocsin::cli {

// 1 when there is none.
int list_hosts(const Session& session);
int retire_host(const Session& session, const std::string& host);
int rename_host(const Session& session, const std::string& host, const std::string& to);

}  // namespace tocsin::cli
