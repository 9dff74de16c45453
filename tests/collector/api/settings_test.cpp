#include "collector/api/settings.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("a pattern matches anywhere unless it is anchored, as node_exporter's do") {
    struct Case {
        std::string_view pattern;
        std::string_view text;
        bool found;
    };
    const Case cases[] = {
        {"lo", "lo", true},
        {"lo", "slow", true},
        {"^lo$", "lo", true},
        {"^lo$", "lo0", false},
        {"^/(dev|proc)($|/)", "/dev", true},
        {"^/(dev|proc)($|/)", "/dev/shm", true},
        {"^/(dev|proc)($|/)", "/devices", false},
        {"^/(dev|proc)($|/)", "/a/dev", false},
        {"a|b", "xby", true},
        {"a.b", "a\nb", false},
        {"^a", "x\na", false},
        {"b", "a\nb", true},
        {"", "anything", false},
    };
    for (const Case& c : cases) {
        INFO(c.pattern << " in " << c.text);
        REQUIRE(Pattern::compile(c.pattern).value().found_in(c.text) == c.found);
    }
}

TEST_CASE("a pattern that does not compile alone is refused") {
    REQUIRE(Pattern::compile("(").error().code == ErrorCode::kInvalid);
    REQUIRE(Pattern::compile("a)(b").error().code == ErrorCode::kInvalid);
}

TEST_CASE("settings have defaults, and errors that name the key") {
    const Settings settings{
        {"timeout", {"3s"}}, {"bad", {"3"}}, {"zero", {"0s"}}, {"two", {"a", "b"}}};
    REQUIRE(duration_setting(settings, "timeout", "5s").value() == 3s);
    REQUIRE(duration_setting(settings, "other", "5s").value() == 5s);
    for (const std::string_view key : {"bad", "zero", "two"}) {
        const auto wrong = duration_setting(settings, key, "5s");
        REQUIRE(wrong.error().code == ErrorCode::kInvalid);
        REQUIRE_THAT(wrong.error().message, Catch::Contains(std::string(key)));
    }
    REQUIRE(text_setting(settings, "none", "x").value() == "x");
}

TEST_CASE("devices are ignored by the exclude, or kept only by the include") {
    const auto by_default = DeviceFilter::create({}, "^lo$").value();
    REQUIRE(by_default.ignored("lo"));
    REQUIRE_FALSE(by_default.ignored("eth0"));
    const auto excluding = DeviceFilter::create({{"device_exclude", {"^veth"}}}, "^lo$").value();
    REQUIRE(excluding.ignored("veth12"));
    REQUIRE_FALSE(excluding.ignored("lo"));
    const auto including =
        DeviceFilter::create({{"device_include", {"^(lo|eth.*)$"}}}, "^lo$").value();
    REQUIRE_FALSE(including.ignored("lo"));
    REQUIRE_FALSE(including.ignored("eth7"));
    REQUIRE(including.ignored("veth12"));
    const auto nothing = DeviceFilter::create({{"device_exclude", {""}}}, "^lo$").value();
    REQUIRE_FALSE(nothing.ignored("lo"));
    REQUIRE(DeviceFilter::create({{"device_include", {"a"}}, {"device_exclude", {"b"}}}, "")
                .error()
                .code == ErrorCode::kInvalid);
}

TEST_CASE("a flag is true or false") {
    const Settings settings{{"on", {"true"}}, {"off", {"false"}}, {"bad", {"yes"}}};
    REQUIRE(flag_setting(settings, "on", "false").value());
    REQUIRE_FALSE(flag_setting(settings, "off", "true").value());
    REQUIRE(flag_setting(settings, "none", "true").value());
    REQUIRE_THAT(flag_setting(settings, "bad", "true").error().message,
                 Catch::Contains("bad must be true or false, not \"yes\""));
}
