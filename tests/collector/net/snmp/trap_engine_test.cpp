// Who the agent is to senders of informs, from start to start.
#include "collector/net/snmp/trap_engine.h"

#include <catch2/catch.hpp>

using namespace tocsin::collector::snmp;

TEST_CASE("an engine keeps its ID and counts its starts") {
    const KeptEngine first = next_engine(std::nullopt, "\x80new-id");
    CHECK(first == KeptEngine{"\x80new-id", 1});
    const KeptEngine second = next_engine(parse_engine(print_engine(first)), "\x80other");
    CHECK(second == KeptEngine{"\x80new-id", 2});
    // RFC 3414, 2.2.1: one that has reached the most needs another ID.
    const KeptEngine last{"\x80new-id", 2147483647};
    CHECK(next_engine(parse_engine(print_engine(last)), "\x80other") == KeptEngine{"\x80other", 1});
}

TEST_CASE("an engine of any octets reads back, and nothing else reads") {
    const KeptEngine engine{std::string("\x80\0 \n%\xff", 6), 7};
    CHECK(parse_engine(print_engine(engine)) == engine);
    const std::string whole = print_engine(engine);
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        INFO(i);
        CHECK_FALSE(parse_engine(whole.substr(0, i)));
    }
    const std::string title = "tocsin snmp engine 1\n";
    for (const char* line : {"abcd 1", "abcdefghijklmnopqrstuvwxyz1234567 1", "abcde 0", "abcde -1",
                             "abcde 2147483648", "abcde", "abcde 1 2", "abcde 1\nmore"}) {
        INFO(line);
        CHECK_FALSE(parse_engine(title + line + "\n"));
    }
}
