// From flags and files to what the bridge runs with.
#include "bridge/app/settings.h"

#include <catch2/catch.hpp>

#include "base/net/host_name.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("links name the machine where the bridge listens on every address, or what url says") {
    const tocsin::test::FixtureTree tree{
        {"any.yml", "listen: 0.0.0.0:9840\n"},
        {"one.yml", "listen: 127.0.0.1:9840\n"},
        {"url.yml", "listen: '[::]:9840'\nurl: https://tocsin.example/\n"},
    };
    const auto url_of = [&](const std::string& file, const std::string& listen) {
        Flags flags;
        if (!file.empty()) flags.config_file = tree.at(file);
        flags.listen = listen;
        const auto settings = load_settings(flags);
        REQUIRE(settings);
        return settings.value().config->url;
    };
    const std::string host = net::host_name();
    CHECK(url_of("any.yml", "") == "http://" + host + ":9840");
    CHECK(url_of("one.yml", "") == "http://127.0.0.1:9840");
    CHECK(url_of("one.yml", "[::]:80") == "http://" + host + ":80");
    CHECK(url_of("any.yml", "127.0.0.1:80") == "http://127.0.0.1:80");
    CHECK(url_of("", ":9841") == "http://" + host + ":9841");
    CHECK(url_of("url.yml", "0.0.0.0:80") == "https://tocsin.example");
}

TEST_CASE("the log is as the file says, and the command line before it") {
    const tocsin::test::FixtureTree tree{{"log.yml", "log: {level: warning, format: json}\n"}};
    const auto log_of = [](const Flags& flags) {
        const auto settings = load_settings(flags);
        REQUIRE(settings);
        return settings.value().config->log.level + " " + settings.value().config->log.format;
    };
    Flags flags;
    CHECK(log_of(flags) == "info logfmt");
    flags.config_file = tree.at("log.yml");
    CHECK(log_of(flags) == "warning json");
    flags.log_level = "debug";
    flags.log_format = "journald";
    CHECK(log_of(flags) == "debug journald");
}
