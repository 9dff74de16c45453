#include "collector/db/sql/query_breaker.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using tocsin::collector::QueryBreaker;

namespace {
constexpr Timestamp kStart = from_unix_ms(1'700'000'000'000);
const Error kSlow{ErrorCode::kTimeout, "canceling statement due to statement timeout"};
const Error kForbidden{ErrorCode::kUnauthorized, "permission denied"};
const Error kWrong{ErrorCode::kInvalid, "no such column"};
}  // namespace

TEST_CASE("a query that is broken off for the third time in a row waits five minutes") {
    QueryBreaker breaker;
    breaker.note(kSlow, kStart);
    breaker.note(kSlow, kStart);
    CHECK(breaker.holds(kStart) == nullptr);
    breaker.note(kSlow, kStart);
    REQUIRE(breaker.holds(kStart + 5min - 1ms) != nullptr);
    CHECK(breaker.holds(kStart)->message == kSlow.message);
    CHECK(breaker.holds(kStart + 5min) == nullptr);
    breaker.note(kSlow, kStart + 5min);  // still in a row
    CHECK(breaker.holds(kStart + 6min) != nullptr);
}

TEST_CASE("an answer in between begins the count anew") {
    QueryBreaker breaker;
    for (int i = 0; i < 3; ++i) {
        breaker.note(kSlow, kStart);
        breaker.note(kSlow, kStart);
        breaker.note(success(), kStart);
    }
    CHECK(breaker.holds(kStart) == nullptr);
}

TEST_CASE("what a privilege is missing for waits at once, any other error does not") {
    QueryBreaker breaker;
    breaker.note(kForbidden, kStart);
    CHECK(breaker.holds(kStart + 1min) != nullptr);
    for (int i = 0; i < 5; ++i) breaker.note(kWrong, kStart);
    CHECK(breaker.holds(kStart) == nullptr);
}

TEST_CASE("a clock that was set back does not make it wait longer") {
    QueryBreaker breaker;
    breaker.note(kForbidden, kStart);
    CHECK(breaker.holds(kStart - 1h) == nullptr);
}
