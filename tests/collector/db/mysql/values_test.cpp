#include "collector/db/mysql/values.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

using namespace tocsin::collector;

TEST_CASE("texts mean numbers as mysqld_exporter 0.14 was seen to read them") {
    struct Case {
        std::string text;
        std::optional<double> value;
    };
    const std::vector<Case> cases{
        {"0", 0},
        {"18446744073709551615", 18446744073709551615.0},
        {"-1", -1},
        {"+5", 5},
        {".5", 0.5},
        {"1e3", 1000},
        {"1.500000", 1.5},
        {"ON", 1},
        {"OFF", 0},
        {"Yes", 1},
        {"No", 0},
        {"Disabled", 0},
        {"Connecting", 0},
        {"Primary", 1},
        {"non-Primary", 0},
        {"Disconnected", 0},
        {"2020-01-02 03:04:05", 1577934245},
        {"Jan 02 15:04:05 2026 GMT", 1767366245},
        {"", std::nullopt},
        {"ENABLED", std::nullopt},
        {"none", std::nullopt},
        {"true", std::nullopt},
        {"ROW", std::nullopt},
        {"0x10", std::nullopt},
        {" 5", std::nullopt},
        {"127.0.0.1", std::nullopt},
        {"0-1-5", std::nullopt},
        {"mysql-bin.000012", std::nullopt},
        {"0000-00-00 00:00:00", std::nullopt},
        {"2020-02-30 00:00:00", std::nullopt},
        {"2020-01-02 24:00:00", std::nullopt},
        {"2020-01-02", std::nullopt},
        {"Jan  2 15:04:05 2026 GMT", std::nullopt},
        {"Jan 02 15:04:05 2026 CET", std::nullopt},
        {"Foo 02 15:04:05 2026 GMT", std::nullopt},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(mysql_value(c.text) == c.value);
    }
    CHECK(std::isinf(mysql_value("inf").value()));
}

TEST_CASE("a server's version and kind") {
    struct Case {
        std::string text;
        bool mariadb;
        int major;
        int minor;
    };
    const std::vector<Case> cases{
        {"10.11.19-MariaDB-0+deb12u1", true, 10, 11},
        {"5.5.5-10.5.1-MariaDB-log", true, 10, 5},
        {"8.0.36", false, 8, 0},
        {"5.7.44-48-log", false, 5, 7},
        {"8.4.0", false, 8, 4},
        {"", false, 0, 0},
        {"x", false, 0, 0},
        {"99999.1", false, 0, 0},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const MysqlVersion version = parse_mysql_version(c.text);
        CHECK(version.mariadb == c.mariadb);
        CHECK(version.major == c.major);
        CHECK(version.minor == c.minor);
    }
    CHECK(parse_mysql_version("8.4.0").at_least(8, 4));
    CHECK_FALSE(parse_mysql_version("8.3.9").at_least(8, 4));
    CHECK(parse_mysql_version("9.0.1").at_least(8, 4));
}

TEST_CASE("the bytes of a BIT column are a number") {
    using namespace std::string_view_literals;
    CHECK(mysql_bits("\x05"sv) == "5");
    CHECK(mysql_bits("\x01\x00"sv) == "256");
    CHECK(mysql_bits("\xff\xff\xff\xff\xff\xff\xff\xff"sv) == "18446744073709551615");
    CHECK(mysql_bits("\x00"sv) == "0");
    CHECK(mysql_bits("123456789"sv) == "123456789");
}
