#include "collector/api/search.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("what an expression captured is put where the answer names it") {
    const Search search = Search::compile(R"(^PING (\w+)(?: (?P<rest>.*))?$)").value();
    const auto groups = search.groups("PING one two");
    REQUIRE(groups);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"PONG $1", "PONG one"}, {"${1}x$1x", "onex"}, {"$rest/${rest}", "two/two"},
        {"$$1", "$1"},           {"$", "$"},           {"${1", "${1"},
        {"a$-b", "a$-b"},        {"$9$nothing", ""},   {"", ""},
        {"$0", "PING one two"},
    };
    for (const auto& [pattern, expected] : cases) {
        INFO(pattern);
        CHECK(search.expand(pattern, *groups) == expected);
    }
    CHECK_FALSE(search.groups("PONG"));
    CHECK_FALSE(Search::compile(std::string("(")));
}

TEST_CASE("an expression finds its text among bytes that are not UTF-8") {
    CHECK(Search::compile(std::string("ok")).value().found_in("\xff\xfe ok \x80"));
    CHECK_FALSE(Search::compile(std::string("^ok")).value().found_in("\xff ok"));
}
