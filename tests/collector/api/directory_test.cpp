#include "collector/api/directory.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <map>

#include "tests/support/fixture_tree.h"

using namespace tocsin::collector;
using tocsin::test::FixtureTree;

TEST_CASE("each entry of a directory is told once, with what it is itself") {
    const FixtureTree tree{{"d/file", ""}, {"d/.hidden", ""}, {"d/sub/inner", ""}};
    tree.make_fifo("d/fifo");
    REQUIRE(::symlink("sub", tree.at("d/link").c_str()) == 0);
    REQUIRE(::symlink("nowhere", tree.at("d/broken").c_str()) == 0);
    std::map<std::string, EntryType> seen;
    const int error = for_each_entry(tree.at("d"), [&](std::string_view name, EntryType type) {
        REQUIRE(seen.emplace(name, type).second);
    });
    REQUIRE(error == 0);
    REQUIRE(seen == std::map<std::string, EntryType>{{"file", EntryType::kFile},
                                                     {".hidden", EntryType::kFile},
                                                     {"sub", EntryType::kDirectory},
                                                     {"fifo", EntryType::kOther},
                                                     {"link", EntryType::kLink},
                                                     {"broken", EntryType::kLink}});
}

TEST_CASE("a directory that is not there, or is none, is an error of the system") {
    const FixtureTree tree{{"file", ""}};
    const auto none = [](std::string_view, EntryType) { FAIL("nothing to tell"); };
    REQUIRE(for_each_entry(tree.at("missing"), none) == ENOENT);
    REQUIRE(for_each_entry(tree.at("file"), none) == ENOTDIR);
}
