#include "collector/db/sql/check_turns.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector;

namespace {

std::vector<std::size_t> order_of(const CheckTurns& turns) {
    return {turns.order().begin(), turns.order().end()};
}

}  // namespace

TEST_CASE("the check that has waited longest begins") {
    CheckTurns turns(4);
    CHECK(order_of(turns) == std::vector<std::size_t>{0, 1, 2, 3});
    turns.had(0);
    CHECK(order_of(turns) == std::vector<std::size_t>{1, 2, 3, 0});
    turns.had(2);
    turns.had(1);
    CHECK(order_of(turns) == std::vector<std::size_t>{3, 0, 2, 1});
    turns.had(1);
    CHECK(order_of(turns) == std::vector<std::size_t>{3, 0, 2, 1});
}

TEST_CASE("a check begins only where its end is within the deadline") {
    CHECK(time_for_checks(10s, 5s) == Duration(4s));
    CHECK(time_for_checks(10s, 1s) == Duration(8s));
    CHECK(time_for_checks(1s, 1s) == Duration{0});
}
