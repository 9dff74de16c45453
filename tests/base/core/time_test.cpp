#include "base/core/time.h"

#include <catch2/catch.hpp>

TEST_CASE("unix milliseconds go into a timestamp and back") {
    REQUIRE(tocsin::to_unix_ms(tocsin::from_unix_ms(1'700'000'000'123)) == 1'700'000'000'123);
}
