// The page's files, from the bundle in the binary.
#pragma once

#include <optional>

#include "base/net/http.h"

namespace tocsin::bridge {

// None when the path is no file of the page.
std::optional<net::Response> page_response(const net::Request& request);

}  // namespace tocsin::bridge
