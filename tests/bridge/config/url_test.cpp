// What links start with where no `url` is set.
#include <catch2/catch.hpp>

#include "bridge/config/config.h"

using namespace tocsin::bridge;

TEST_CASE(
    "without a url links start with where the bridge listens, by a name that one can ask for") {
    struct Case {
        const char* listen;
        const char* expected;
    };
    for (const Case& c :
         {Case{"127.0.0.1:9840", "http://127.0.0.1:9840"},
          Case{"tocsin.example:80", "http://tocsin.example:80"},
          Case{"[fd00::1]:9840", "http://[fd00::1]:9840"},
          Case{"0.0.0.0:9840", "http://ops-1:9840"}, Case{"[::]:9840", "http://ops-1:9840"},
          Case{":9840", "http://ops-1:9840"}}) {
        BridgeConfig config;
        config.listen = c.listen;
        CHECK(url_by_listen(config, "ops-1") == c.expected);
        CHECK(url_by_listen(config, "") == std::string("http://") + c.listen);
    }
    BridgeConfig secure;
    secure.listen = "0.0.0.0:443";
    secure.tls = TlsFiles{"a", "b"};
    CHECK(url_by_listen(secure, "ops-1") == "https://ops-1:443");
}
