#include "base/net/host_name.h"

#include <unistd.h>

#include <array>

namespace tocsin::net {

std::string host_name() {
    std::array<char, 256> name{};
    const bool known = ::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
    return known ? name.data() : "localhost";
}

}  // namespace tocsin::net
