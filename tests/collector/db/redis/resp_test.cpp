#include "collector/db/redis/resp.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector;
using Kind = RespReply::Kind;

namespace {

std::vector<RespReply> read(std::string_view bytes, std::size_t step) {
    RespReader reader;
    std::vector<RespReply> out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        REQUIRE(reader.feed(bytes.substr(at, step)));
        for (;;) {
            auto next = reader.next();
            REQUIRE(next);
            if (!next.value()) break;
            out.push_back(std::move(*next.value()));
        }
    }
    return out;
}

std::string refusal(std::string_view bytes) {
    RespReader reader;
    if (auto fed = reader.feed(bytes); !fed) return fed.error().message;
    const auto next = reader.next();
    return next ? "" : next.error().message;
}

}  // namespace

TEST_CASE("a command is an array of bulk strings, whatever bytes are in it") {
    const std::string nul(1, '\0');
    CHECK(resp_command({"GET", "a" + nul + "\r\n"}) ==
          "*2\r\n$3\r\nGET\r\n$4\r\na" + nul + "\r\n\r\n");
    CHECK(resp_command({"SET", ""}) == "*2\r\n$3\r\nSET\r\n$0\r\n\r\n");
}

TEST_CASE("replies of every kind are read, however the bytes arrive") {
    const std::string nul(1, '\0');
    const std::string bytes = "+OK\r\n-ERR no\r\n:-7\r\n$5\r\nhel" + nul +
                              "o\r\n$-1\r\n*-1\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n+x\r\n*0\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
        const auto replies = read(bytes, step);
        REQUIRE(replies.size() == 8);
        CHECK(replies[0].kind == Kind::kStatus);
        CHECK(replies[0].text == "OK");
        CHECK(replies[1].is_error());
        CHECK(replies[1].text == "ERR no");
        CHECK(replies[2].integer == -7);
        CHECK(replies[3].text == "hel" + nul + "o");
        CHECK(replies[4].kind == Kind::kNil);
        CHECK(replies[5].kind == Kind::kNil);
        REQUIRE(replies[6].items.size() == 3);
        CHECK(replies[6].items[0].integer == 1);
        REQUIRE(replies[6].items[1].items.size() == 2);
        CHECK(replies[6].items[1].items[0].text == "a");
        CHECK(replies[6].items[1].items[1].kind == Kind::kNil);
        CHECK(replies[6].items[2].text == "x");
        CHECK(replies[7].is_array());
        CHECK(replies[7].items.empty());
    }
}

TEST_CASE("what is not the protocol, or beyond a limit, is refused") {
    CHECK_THAT(refusal("HTTP/1.1 400 Bad Request\r\n"),
               Catch::StartsWith("not Redis's protocol: "));
    CHECK_THAT(refusal("$abc\r\n"), Catch::StartsWith("not Redis's protocol: "));
    CHECK(refusal("*2000000000\r\n") == "a reply has more than 100000 items");
    CHECK(refusal("*2\r\n*100000\r\n") == "a reply has more than 100000 items");
    CHECK_THAT(refusal("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"),
               Catch::StartsWith("not Redis's protocol: "));
    RespReader reader;
    REQUIRE(reader.feed("$20000000\r\n"));
    const std::string part(RespReader::kMostBytes / 2, 'x');
    REQUIRE(reader.feed(part));
    REQUIRE(reader.next());
    const auto fed = reader.feed(part);
    REQUIRE_FALSE(fed);
    CHECK(fed.error().message == "a reply is longer than 16 MiB");
}
