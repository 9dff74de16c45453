#include "base/net/local_caller.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::net;

TEST_CASE("a caller is this machine's own when it asks for this server, directly") {
    const std::vector<std::string> names = {"tocsin.example", ""};
    struct Case {
        const char* host;
        bool local;
    };
    for (const Case& c : {Case{"localhost", true},
                          Case{"LOCALHOST:9840", true},
                          Case{"127.0.0.1:9840", true},
                          Case{"127.8.9.10", true},
                          Case{"[::1]", true},
                          Case{"[::1]:9840", true},
                          Case{"Tocsin.Example:9840", true},
                          Case{"evil.example:9840", false},
                          Case{"localhost.evil.example", false},
                          Case{"127.0.0.1.evil.example", false},
                          Case{"tocsin.example.evil.example", false},
                          Case{"192.0.2.1:9840", false},
                          Case{"0.0.0.0", false},
                          Case{"localhost:9840x", false},
                          Case{"localhost:", false},
                          Case{"[::1", false},
                          Case{"[::1]x", false},
                          Case{"[2001:db8::1]", false},
                          Case{"", false},
                          Case{":9840", false}}) {
        CAPTURE(c.host);
        Request request;
        request.remote_is_loopback = true;
        request.headers.set("Host", c.host);
        CHECK(why_not_local(request, names).empty() == c.local);
        request.remote_is_loopback = false;
        CHECK_FALSE(why_not_local(request, names).empty());
    }
}

TEST_CASE("what a proxy passed on, or names no host or two, is not this machine's own") {
    Request request;
    request.remote_is_loopback = true;
    CHECK_FALSE(why_not_local(request, {}).empty());
    request.headers.set("Host", "localhost");
    CHECK(why_not_local(request, {}).empty());
    Request twice = request;
    twice.headers.add("Host", "evil.example");
    CHECK_FALSE(why_not_local(twice, {}).empty());
    for (const char* header : {"Forwarded", "x-forwarded-for"}) {
        CAPTURE(header);
        Request passed_on = request;
        passed_on.headers.set(header, "");
        CHECK_FALSE(why_not_local(passed_on, {}).empty());
    }
}
