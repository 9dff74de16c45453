// What Alertmanager takes for a URI (Go's url.ParseRequestURI, by way of go-openapi's `uri`): with
// a scheme, or a path from the root. Pure.
#pragma once

#include <string_view>

namespace tocsin {

bool is_request_uri(std::string_view text);

}  // namespace tocsin
