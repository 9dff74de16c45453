#include "cli/table.h"

#include <catch2/catch.hpp>

using tocsin::Duration;
using namespace tocsin::cli;

TEST_CASE("display width counts cells, not bytes") {
    struct Case {
        const char* text;
        std::size_t cells;
    };
    for (const auto& c :
         {Case{"", 0}, Case{"abc", 3}, Case{"é", 1}, Case{"e\xcc\x81", 1}, Case{"事件", 4},
          Case{"web-17 磁盘", 11}, Case{"（）", 4}, Case{"😀", 2}}) {
        INFO(c.text);
        CHECK(display_width(c.text) == c.cells);
    }
}

TEST_CASE("columns line up under Chinese text and the last one carries no blanks") {
    Table table({"HOST", "TITLE"});
    table.row({{"数据库", Tint::kNone}, {"a", Tint::kNone}});
    table.row({{"web", Tint::kRed}, {"b", Tint::kNone}});
    CHECK(table.text(Colour::kPlain) == "HOST    TITLE\n数据库  a\nweb     b\n");
}

TEST_CASE("colour appears only where it is asked for") {
    Table table({"A"});
    table.row({{"x", Tint::kRed}});
    CHECK(table.text(Colour::kPlain).find('\x1b') == std::string::npos);
    CHECK(table.text(Colour::kTinted).find("\x1b[31mx\x1b[0m") != std::string::npos);
}

TEST_CASE("control characters and broken UTF-8 never reach the terminal") {
    Table table({"A"});
    table.row({{"a\x1b[2Jb\nc\xff", Tint::kNone}});
    CHECK(table.text(Colour::kTinted).find("a [2Jb c\xef\xbf\xbd") != std::string::npos);
}

TEST_CASE("an age shows its two largest units") {
    struct Case {
        std::int64_t ms;
        const char* text;
    };
    for (const auto& c : {Case{0, "0s"}, Case{-5, "0s"}, Case{999, "0s"}, Case{12'000, "12s"},
                          Case{300'000, "5m"}, Case{330'000, "5m"}, Case{12'000'000, "3h 20m"},
                          Case{3'600'000, "1h"}, Case{187'200'000, "2d 4h"}}) {
        INFO(c.ms);
        CHECK(since(Duration{c.ms}) == c.text);
    }
}
