#include "collector/api/failure_log.h"

#include <catch2/catch.hpp>

using namespace tocsin::collector;
using namespace std::chrono_literals;

TEST_CASE("why something fails is news when it begins, and another reason once a minute") {
    FailureLog log;
    const std::chrono::steady_clock::time_point start{};
    CHECK(log.take("", start) == FailureNews::kNone);
    CHECK(log.take("refused", start + 1s) == FailureNews::kFails);
    CHECK(log.take("refused", start + 5min) == FailureNews::kNone);
    CHECK(log.take("no password", start + 5min) == FailureNews::kFails);
    // Not at once, but not forgotten either.
    CHECK(log.take("no such database", start + 5min + 59s) == FailureNews::kNone);
    CHECK(log.take("no such database", start + 6min) == FailureNews::kFails);
    CHECK(log.take("", start + 6min + 1s) == FailureNews::kWorksAgain);
    CHECK(log.take("", start + 6min + 2s) == FailureNews::kNone);
    CHECK(log.take("no such database", start + 6min + 3s) == FailureNews::kFails);
}
