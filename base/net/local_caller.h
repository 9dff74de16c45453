// Who may call without a token: somebody on this machine who asked for this server. An address of
// loopback alone does not say so: a page in a browser reaches it under a name that its site points
// here, and a proxy on this machine brings everybody's requests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"

namespace tocsin::net {

// "" for a request of this machine's own: it came over loopback, no proxy passed it on, and its
// Host is localhost, a loopback address or one of `names` (without ports). Else a clause that says
// what is against it.
std::string why_not_local(const Request& request, const std::vector<std::string>& names);

// "localhost:9840" → "localhost", "[::1]:9840" → "::1"; "" for what is no host.
std::string_view host_of_header(std::string_view header);

}  // namespace tocsin::net
