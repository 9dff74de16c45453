#include "base/core/standard_output.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

using namespace tocsin;

TEST_CASE("what was printed and lost is no success") {
    std::ostringstream err;
    std::ostringstream kept;
    kept << "all of it";
    CHECK(written(kept, err, "tocsin", 0) == 0);
    CHECK(written(kept, err, "tocsin", 1) == 1);
    CHECK(err.str().empty());
    std::ofstream full("/dev/full");
    full << "less than a buffer";
    CHECK(written(full, err, "tocsin", 0) == 3);
    CHECK(err.str() == "tocsin: the output could not be written\n");
}
