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

std::string shown(const RespReply& reply) {
    switch (reply.kind) {
        case Kind::kNil:
            return "nil";
        case Kind::kString:
            return "$" + reply.text;
        case Kind::kStatus:
            return "+" + reply.text;
        case Kind::kError:
            return "-" + reply.text;
        case Kind::kInteger:
            return ":" + std::to_string(reply.integer);
        case Kind::kArray:
            break;
    }
    std::string out;
    for (const RespReply& item : reply.items) out += (out.empty() ? "" : " ") + shown(item);
    return "[" + out + "]";
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
        std::string seen;
        for (const RespReply& reply : read(bytes, step)) seen += shown(reply) + " ";
        CHECK(seen == "+OK -ERR no :-7 $hel" + nul + "o nil nil [:1 [$a nil] +x] [] ");
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

TEST_CASE("a line without an end is refused before it is long, a long string is not") {
    const std::string half(RespReader::kMostLine / 2, 'b');
    for (const char* kind : {"+", "-", ":1", "$1", "*1\r\n+"}) {
        RespReader reader;
        REQUIRE(reader.feed(kind));
        REQUIRE(reader.feed(half));
        REQUIRE(reader.next());
        REQUIRE(reader.feed(half));
        REQUIRE(reader.feed(half));
        const auto next = reader.next();
        CAPTURE(kind);
        REQUIRE_FALSE(next);
        CHECK_THAT(next.error().message, Catch::StartsWith("not Redis's protocol: "));
    }
    RespReader reader;
    const std::string text(3 * RespReader::kMostLine, 'x');
    REQUIRE(reader.feed("$" + std::to_string(text.size()) + "\r\n" + text));
    REQUIRE_FALSE(reader.next().value());
    REQUIRE(reader.feed("\r\n"));
    CHECK(reader.next().value()->text == text);
}
