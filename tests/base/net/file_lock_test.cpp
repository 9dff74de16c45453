#include "base/net/file_lock.h"

#include <catch2/catch.hpp>
#include <optional>
#include <utility>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::net;

TEST_CASE("a lock has one owner until that one is gone, and moves with it") {
    const test::FixtureTree tree;
    const std::string path = tree.at("lock");
    std::optional<FileLock> first;
    {
        auto taken = FileLock::take(path);
        REQUIRE(taken);
        first.emplace(std::move(taken).value());
    }
    const auto second = FileLock::take(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::kConflict);
    CHECK(second.error().message == path + " is held");
    first.reset();
    CHECK(FileLock::take(path));
}

TEST_CASE("a lock that cannot be made says why") {
    const test::FixtureTree tree;
    const auto lock = FileLock::take(tree.at("absent/lock"));
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == ErrorCode::kNotFound);
}
