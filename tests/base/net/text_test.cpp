// The pure parts: URLs, queries, gzip, log lines, message heads.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/net/http.h"
#include "base/net/http_message.h"
#include "base/net/log_line.h"

using namespace tocsin;
using namespace tocsin::net;

TEST_CASE("URLs are taken apart") {
    struct Case {
        const char* text;
        const char* scheme;
        const char* host;
        int port;
        const char* target;
    };
    for (const Case& c : {
             Case{"http://example.com", "http", "example.com", 80, "/"},
             Case{"https://example.com/", "https", "example.com", 443, "/"},
             Case{"HTTPS://Example.COM:9840/a/b?c=d", "https", "example.com", 9840, "/a/b?c=d"},
             Case{"http://[::1]:8080/x", "http", "::1", 8080, "/x"},
             Case{"http://10.0.0.1?q=1", "http", "10.0.0.1", 80, "/?q=1"},
             Case{"http://h/p#fragment", "http", "h", 80, "/p"},
             Case{"http://h:/p", "http", "h", 80, "/p"},
         }) {
        INFO(c.text);
        const auto url = parse_url(c.text);
        REQUIRE(url);
        CHECK(url.value().scheme == c.scheme);
        CHECK(url.value().host == c.host);
        CHECK(url.value().port == c.port);
        CHECK(url.value().target == c.target);
    }
}

TEST_CASE("what is no URL is refused with its reason") {
    struct Case {
        const char* text;
        const char* reason;
    };
    for (const Case& c : {
             Case{"", "is no URL"},
             Case{"example.com:80", "is no URL"},
             Case{"ftp://x/", "neither http nor https"},
             Case{"http://", "has no host"},
             Case{"http:///x", "has no host"},
             Case{"http://a b/", "no valid host name"},
             Case{"http://user:secret@h/", "no user or password"},
             Case{"http://h:99999/", "no valid port"},
             Case{"http://h:0/", "port 0"},
             Case{"http://h:x/", "no valid port"},
             Case{"http://[::1/", "no closing bracket"},
             Case{"http://[zz]/", "no IPv6 address"},
             Case{"http://h/a b", "percent-encode"},
             Case{"http://h/a\r\nX: y", "percent-encode"},
             Case{"http://主机/", "no valid host name"},
         }) {
        INFO(c.text);
        const auto url = parse_url(c.text);
        REQUIRE_FALSE(url);
        CHECK(url.error().code == ErrorCode::kInvalid);
        CHECK(url.error().message.find(c.reason) != std::string::npos);
        CHECK(url.error().message.find("secret@") == std::string::npos);
    }
}

TEST_CASE("addresses to listen on are host and port") {
    REQUIRE(parse_host_port("127.0.0.1:9840").value() == HostPort{"127.0.0.1", 9840});
    REQUIRE(parse_host_port("[::1]:0").value() == HostPort{"::1", 0});
    REQUIRE(parse_host_port(":9840").value() == HostPort{"0.0.0.0", 9840});
    for (const char* bad :
         {"", "127.0.0.1", "::1", "::1:80", "h:70000", "h:-1", "h:1x", "[::1]80"}) {
        INFO(bad);
        CHECK_FALSE(parse_host_port(bad));
    }
}

TEST_CASE("loopback is a property of the address") {
    for (const char* yes : {"127.0.0.1", "127.8.9.1", "::1", "localhost", "::ffff:127.0.0.1"}) {
        INFO(yes);
        CHECK(is_loopback(yes));
    }
    for (const char* no : {"10.0.0.1", "0.0.0.0", "::", "example.com", "", "127.0.0.1.example"}) {
        INFO(no);
        CHECK_FALSE(is_loopback(no));
    }
}

TEST_CASE("percent encoding goes there and back") {
    REQUIRE(percent_encode("a b/c~d_e-f.g%事") == "a%20b%2Fc~d_e-f.g%25%E4%BA%8B");
    REQUIRE(percent_decode("a%20b%2fc") == "a b/c");
    REQUIRE(percent_decode("a+b") == "a+b");
    for (const char* bad : {"%", "%2", "%zz", "a%f"}) {
        INFO(bad);
        CHECK(percent_decode(bad) == std::nullopt);
    }
}

TEST_CASE("queries decode in order, empty and repeated names too") {
    const auto params = parse_query("a=1&&b=x+y&a=%3D&c&=z&bad=%zz");
    std::vector<std::string> flat;
    for (const QueryParam& p : params) flat.push_back(p.name + ":" + p.value);
    REQUIRE(flat == std::vector<std::string>{"a:1", "b:x y", "a:=", "c:", ":z", "bad:%zz"});
}

TEST_CASE("gzip goes there and back and stops at its limit") {
    const std::string binary("\x00\x01\xff text", 8);
    for (const std::string& text :
         {std::string(), std::string("x"), std::string(300'000, 'y'), binary}) {
        CHECK(gunzip(gzip(text), 300'000).value() == text);
    }
    const std::string packed = gzip(std::string(1000, 'a'));
    REQUIRE(gunzip(packed, 1000).value().size() == 1000);
    REQUIRE(gunzip(packed, 999).error().code == ErrorCode::kTooLarge);
    // RFC 1952: members follow one another.
    REQUIRE(gunzip(gzip("one ") + gzip("two"), 100).value() == "one two");
}

TEST_CASE("broken gzip is an error wherever it breaks") {
    const std::string packed = gzip("some text that is long enough to be cut");
    for (std::size_t cut = 0; cut < packed.size(); ++cut) {
        INFO(cut);
        CHECK_FALSE(gunzip(packed.substr(0, cut), 1000));
    }
    std::string wrong_sum = packed;
    wrong_sum[packed.size() - 6] = static_cast<char>(wrong_sum[packed.size() - 6] ^ 1);
    REQUIRE(gunzip(wrong_sum, 1000).error().code == ErrorCode::kInvalid);
    REQUIRE_FALSE(gunzip(packed + "trailing", 1000));
}

TEST_CASE("log lines by format") {
    const Timestamp at = parse_rfc3339("2026-11-22T21:22:41.005Z").value();
    const std::vector<LogField> fields = {
        {"host", "web-17"}, {"path", "/a b"},      {"quote", "say \"hi\""}, {"empty", ""},
        {"lines", "1\n2"},  {"bytes", "\xff\x01"}, {"zh", "事件"},          {"eq", "a=b"}};
    REQUIRE(format_log_line(LogFormat::kLogfmt, at, LogLevel::kInfo, "it started", fields) ==
            "ts=2026-11-22T21:22:41.005Z level=info msg=\"it started\" host=web-17 path=\"/a b\" "
            "quote=\"say \\\"hi\\\"\" empty=\"\" lines=\"1\\n2\" bytes=\"\xef\xbf\xbd\\u0001\" "
            "zh=事件 eq=\"a=b\"");
    REQUIRE(format_log_line(LogFormat::kJson, at, LogLevel::kError, "no \\ \"way\"", fields) ==
            "{\"ts\":\"2026-11-22T21:22:41.005Z\",\"level\":\"error\",\"msg\":\"no \\\\ "
            "\\\"way\\\"\",\"host\":\"web-17\",\"path\":\"/a b\",\"quote\":\"say "
            "\\\"hi\\\"\",\"empty\":\"\",\"lines\":\"1\\n2\",\"bytes\":\"\xef\xbf\xbd\\u0001\","
            "\"zh\":\"事件\",\"eq\":\"a=b\"}");
    struct Case {
        LogLevel level;
        const char* line;
    };
    // sd-daemon(3): the priorities of syslog in front.
    for (const Case& c :
         {Case{LogLevel::kDebug, "<7>msg=x"}, Case{LogLevel::kInfo, "<6>msg=x"},
          Case{LogLevel::kWarning, "<4>msg=x"}, Case{LogLevel::kError, "<3>msg=x"}}) {
        CHECK(format_log_line(LogFormat::kJournal, at, c.level, "x", {}) == c.line);
    }
}

TEST_CASE("an HTTP date is RFC 9110's") {
    // The RFC's own example, 5.6.7.
    REQUIRE(http_date(from_unix_ms(784'111'777'000)) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("an error becomes JSON with the status of its code") {
    const Response response = Response::error(Error(ErrorCode::kConflict, "say \"no\"\nplease"));
    REQUIRE(response.status == 409);
    REQUIRE(response.headers.get("content-type") == "application/json");
    REQUIRE(response.body == R"({"error":{"code":"conflict","message":"say \"no\"\nplease"}})");
}

TEST_CASE("headers keep their order and compare without case") {
    Headers headers;
    headers.add("A", "1");
    headers.add("B", "2");
    headers.add("a", "3");
    REQUIRE(headers.get("a") == "1");
    headers.set("A", "4");
    REQUIRE(headers.all().size() == 2);
    REQUIRE(headers.all().front().first == "B");
    REQUIRE(headers.get("A") == "4");
    REQUIRE_FALSE(headers.has("C"));
}
