#include "collector/db/postgres_config/conninfo.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::collector;

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a connection string is read in both of its forms") {
    const std::vector<std::pair<std::string, Pairs>> cases{
        {"", {}},
        {"host=db user=tocsin", {{"host", "db"}, {"user", "tocsin"}}},
        {"  host = db\n\tport=5433  ", {{"host", "db"}, {"port", "5433"}}},
        {"dbname='a b' user='it\\'s' host=a\\ b",
         {{"dbname", "a b"}, {"user", "it's"}, {"host", "a b"}}},
        {"host=a host=b", {{"host", "b"}}},
        {"host='' port=1", {{"host", ""}, {"port", "1"}}},
        {"postgresql://", {}},
        {"postgresql://db", {{"host", "db"}}},
        {"postgres://tocsin@db:5433/shop?sslmode=require",
         {{"dbname", "shop"},
          {"user", "tocsin"},
          {"host", "db"},
          {"port", "5433"},
          {"sslmode", "require"}}},
        {"postgresql://a%40b@%2Frun%2Fpostgresql/x%20y",
         {{"dbname", "x y"}, {"user", "a@b"}, {"host", "/run/postgresql"}}},
        {"postgresql://[2001:db8::1]:5433/", {{"host", "2001:db8::1"}, {"port", "5433"}}},
        {"postgresql://a:1,b,[::1]:3", {{"host", "a,b,::1"}, {"port", "1,,3"}}},
        {"port=' 5432 ' sslmode='' connect_timeout=-1",
         {{"port", " 5432 "}, {"sslmode", ""}, {"connect_timeout", "-1"}}},
        {"ssl_min_protocol_version=tlsv1.2", {{"ssl_min_protocol_version", "tlsv1.2"}}},
        {"host=a,b port=5432,", {{"host", "a,b"}, {"port", "5432,"}}},
        {"hostaddr=::1,::2 port=1,2", {{"hostaddr", "::1,::2"}, {"port", "1,2"}}},
        {"postgresql:///shop?host=/run/pg&port=1",
         {{"dbname", "shop"}, {"host", "/run/pg"}, {"port", "1"}}},
    };
    for (const auto& [text, pairs] : cases) {
        INFO(text);
        const auto parsed = parse_conninfo(text);
        INFO((parsed ? "" : parsed.error().message));
        REQUIRE(parsed);
        CHECK(parsed.value().all() == pairs);
    }
}

TEST_CASE("what is wrong with a connection string is said") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"db", "is keyword=value pairs"},
        {"host db=x", "is keyword=value pairs"},
        {"=x", "is keyword=value pairs"},
        {"host='db", "a quoted value does not end"},
        {"hots=db", "no keyword \"hots\"; did you mean \"host\"?"},
        {"password=x", "\"password\": no password stands here; name a file that holds it"},
        {"service=shop", "\"service\": is not read here"},
        {"options='-c a=b'", "\"options\": is not taken"},
        {"postgresql://a:secret@db", "\"password\": no password stands here"},
        {"postgresql://db?password=x", "\"password\": no password stands here"},
        {"postgresql://db?ssl", "after ? stand keyword=value pairs"},
        {"postgresql://db?nosuch=1", "no keyword \"nosuch\""},
        {"postgresql://[::1", "an IPv6 address lacks its ]"},
        {"postgresql://[::1]x", "after ] stands nothing but :port"},
        {"postgresql://a%4", "a % in an address"},
        {"postgresql://a%zz", "a % in an address"},
        {"postgresql://a%00b", "a % in an address"},
        // What libpq 15 refuses when it connects.
        {"sslmode=bogus",
         "\"sslmode\": must be one of disable, allow, prefer, require, verify-ca, verify-full, not "
         "\"bogus\""},
        {"postgresql://db?sslmode=verify_full",
         "\"sslmode\": must be one of disable, allow, prefer, require, verify-ca, verify-full, not "
         "\"verify_full\"; did you mean \"verify-full\"?"},
        {"sslmode=Require", "\"sslmode\": must be one of"},
        {"port=99999", "\"port\": must be from 1 to 65535, not \"99999\""},
        {"port=0", "\"port\": must be from 1 to 65535"},
        {"host=a,b port=5432,x", "\"port\": must be from 1 to 65535, not \"x\""},
        {"postgresql://db:65536/", "\"port\": must be from 1 to 65535"},
        {"host=a,b,c port=1,2", "\"port\": there are 2 ports of 3 hosts"},
        {"port=1,2", "\"port\": there are 2 ports of 1 hosts"},
        {"channel_binding=yes", "\"channel_binding\": must be one of"},
        {"gssencmode=allow", "\"gssencmode\": must be one of"},
        {"target_session_attrs=master", "\"target_session_attrs\": must be one of"},
        {"ssl_min_protocol_version=1.2", "\"ssl_min_protocol_version\": must be one of"},
        {"connect_timeout=5s", "\"connect_timeout\": must be a whole number, not \"5s\""},
        {"keepalives=on", "\"keepalives\": must be a whole number"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        const auto parsed = parse_conninfo(text);
        REQUIRE_FALSE(parsed);
        CHECK_THAT(parsed.error().message, Catch::StartsWith(message));
        CHECK_THAT(parsed.error().message, !Catch::Contains("secret"));
    }
}
