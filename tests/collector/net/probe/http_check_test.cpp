#include "collector/net/probe/http_check.h"

#include <catch2/catch.hpp>
#include <functional>

using namespace tocsin;
using namespace tocsin::collector::probe;

namespace {

std::string why(const std::function<void(HttpConfig&)>& set, const HttpAnswer& answer) {
    HttpConfig config;
    set(config);
    const HttpVerdict verdict = HttpCheck::create(config).value().judge(answer);
    if (verdict.result) return "";
    return (verdict.failed_due_to_regex ? "regex: " : "") + verdict.result.error().message;
}

const HttpAnswer kAnswer{
    200, "1.1", false, {{"Server", "nginx"}, {"X-A", "1"}, {"X-A", "2"}}, "all ok\n"};

}  // namespace

TEST_CASE("an answer is judged by status, headers, body, version and TLS") {
    const auto nothing = [](HttpConfig&) {};
    CHECK(why(nothing, kAnswer).empty());
    HttpAnswer moved = kAnswer;
    moved.status = 301;
    CHECK(why(nothing, moved) == "answers with status 301");
    const std::vector<std::pair<std::function<void(HttpConfig&)>, std::string>> cases{
        {[](HttpConfig& c) { c.expect.status = {301}; }, "answers with status 200"},
        {[](HttpConfig& c) {
             c.expect.status = {301, 200};
         },
         ""},
        {[](HttpConfig& c) {
             c.expect.body = {"ok", "^all"};
         },
         ""},
        {[](HttpConfig& c) {
             c.expect.body = {"ok", "ok$"};
         },
         "regex: its body does not match \"ok$\""},
        {[](HttpConfig& c) { c.expect.body_not = {"ok"}; }, "regex: its body matches \"ok\""},
        {[](HttpConfig& c) {
             c.expect.headers = {{"server", "^nginx$"}, {"x-a", "2"}};
         },
         ""},
        {[](HttpConfig& c) {
             c.expect.headers = {{"X-B", "."}};
         },
         "regex: its header X-B does not match \".\""},
        {[](HttpConfig& c) {
             c.expect.headers_not = {{"X-A", "2"}};
         },
         "regex: its header X-A matches \"2\""},
        {[](HttpConfig& c) {
             c.expect.headers_not = {{"X-B", "2"}};
         },
         ""},
        {[](HttpConfig& c) { c.expect.versions = {"2"}; }, "answers in HTTP 1.1"},
        {[](HttpConfig& c) {
             c.expect.versions = {"2", "1.1"};
         },
         ""},
        {[](HttpConfig& c) { c.fail_if_ssl = Switch::kOn; }, ""},
        {[](HttpConfig& c) { c.fail_if_not_ssl = Switch::kOn; }, "answers without TLS"},
    };
    for (const auto& [set, expected] : cases) CHECK(why(set, kAnswer) == expected);
    HttpAnswer tls = kAnswer;
    tls.tls = true;
    CHECK(why([](HttpConfig& c) { c.fail_if_ssl = Switch::kOn; }, tls) == "answers under TLS");
}

TEST_CASE("a date of HTTP reads, anything else does not") {
    // The three forms of RFC 9110, 5.6.7.
    for (const char* form : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994"}) {
        INFO(form);
        CHECK(parse_http_date(form) == 784111777.0);
    }
    CHECK(parse_http_date("Wednesday, 01-Jan-20 00:00:00 GMT") == 1577836800.0);
    for (const char* wrong :
         {"", "Sun, 06 Nov 1994 08:49:37", "yesterday", "Sun, 06 Nov 1994 08:49:37 GMT!"}) {
        INFO(wrong);
        CHECK_FALSE(parse_http_date(wrong));
    }
}
