// Times as the tests write them.
#pragma once

#include <catch2/catch.hpp>
#include <string_view>

#include "base/core/time.h"

namespace tocsin::test {

inline Timestamp at(std::string_view rfc3339) {
    const auto t = parse_rfc3339(rfc3339);
    INFO(rfc3339);
    REQUIRE(t);
    return t.value();
}

}  // namespace tocsin::test
