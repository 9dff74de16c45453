// What the machine calls itself.
#pragma once

#include <string>

namespace tocsin::net {

std::string host_name();  // gethostname(2); "localhost" where it has none

}  // namespace tocsin::net
