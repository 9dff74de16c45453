#include "collector/service/logs/positions.h"

#include <catch2/catch.hpp>

#include "collector/service/logs/lines.h"

using namespace tocsin::collector;

namespace {

struct Lines {
    std::vector<std::string> lines;
    std::size_t done = 0;
    bool inside = false;
};

Lines take(std::string_view bytes, bool inside = false) {
    Lines out;
    out.inside = inside;
    out.done =
        take_lines(bytes, out.inside, [&](std::string_view l) { out.lines.emplace_back(l); });
    return out;
}

const LogPositions kSome{
    {"/var/log/*.log", "/a b"},
    {{64768, 17, 4096, true, FileHead::of("first bytes"), "/var/log/a file\n.log"},
     {1, UINT64_MAX, 0, false, FileHead::of(""), "/\xff"}}};

}  // namespace

TEST_CASE("lines end at their newline, and the last waits for its own") {
    using Strings = std::vector<std::string>;
    const Lines lines = take("one\n\ntwo\r\nthr");
    CHECK(lines.lines == Strings{"one", "", "two"});
    CHECK(lines.done == 10);
    CHECK_FALSE(lines.inside);
    CHECK(take("").done == 0);
    CHECK(take("no end").done == 0);
    CHECK(take("\n").lines == Strings{""});
    CHECK(take(std::string_view("a\0b\n", 4)).lines == Strings{std::string("a\0b", 3)});
}

TEST_CASE("a line that is too long counts once, by its first bytes") {
    const std::string longest(kLongestLine, 'x');
    const Lines cut = take("a\n" + longest + "yy");
    REQUIRE(cut.lines.size() == 2);
    CHECK(cut.lines[1] == longest);
    CHECK(cut.inside);
    CHECK(cut.done == 2 + kLongestLine + 2);
    const Lines rest = take("yyy\nnext\n", true);
    CHECK(rest.lines == std::vector<std::string>{"next"});
    CHECK_FALSE(rest.inside);
    CHECK(take("still more", true).inside);
    CHECK(take("still more", true).done == 10);
    const Lines whole = take(longest + "yy\nz\n");  // its end is in sight
    REQUIRE(whole.lines.size() == 2);
    CHECK(whole.lines[0] == longest);
    CHECK_FALSE(whole.inside);
    CHECK(take(longest.substr(1)).done == 0);
}

TEST_CASE("a file's head knows it while it grows") {
    const std::string most(FileHead::kMost, 'a');
    CHECK(FileHead::of("abc").begins("abc"));
    CHECK(FileHead::of("abc").begins("abcdef"));
    CHECK_FALSE(FileHead::of("abc").begins("ab"));
    CHECK_FALSE(FileHead::of("abc").begins("abd"));
    CHECK(FileHead::of("").begins("anything"));
    CHECK(FileHead::of(most + "b") == FileHead::of(most + "c"));
}

TEST_CASE("positions are read back as they were written") {
    CHECK(parse_positions(print_positions(kSome)) == kSome);
    CHECK(parse_positions(print_positions({})) == LogPositions{});
}

TEST_CASE("positions that were cut or changed are none") {
    const std::string text = print_positions(kSome);
    for (std::size_t size = 0; size < text.size() - 1; ++size) {
        INFO(size);
        CHECK_FALSE(parse_positions(text.substr(0, size)));
    }
    const std::string title = "tocsin log positions 1\n";
    for (const std::string_view body :
         {"file 1 2 3 0 4 5\nend\n", "file 1 2 3 2 4 5 /a\nend\n", "file 1 2 3 0 257 5 /a\nend\n",
          "file 1 2 -3 0 4 5 /a\nend\n", "file 1 2 3 0 4 5 /a b\nend\n", "pattern\nend\n",
          "pattern %\nend\n", "other\nend\n", "end\nend\n"}) {
        INFO(body);
        CHECK_FALSE(parse_positions(title + std::string(body)));
    }
    CHECK_FALSE(parse_positions("tocsin log positions 2\nend\n"));
}
