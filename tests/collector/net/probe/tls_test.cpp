#include "collector/net/probe/tls.h"

#include <catch2/catch.hpp>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector::probe;

TEST_CASE("a file of authorities that is not there or holds none is named with the reason") {
    const test::FixtureTree tree{{"empty.pem", "nothing\n"}};
    const auto why = [](const std::string& file) {
        const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
        TlsConfig config;
        config.ca_file = file;
        const auto done = configure_tls(context.get(), config);
        return done ? std::string() : done.error().message;
    };
    CHECK(why(tree.at("gone.pem")) == tree.at("gone.pem") + ": No such file or directory");
    CHECK_THAT(why(tree.at("empty.pem")), Catch::StartsWith(tree.at("empty.pem") + ": ") &&
                                              !Catch::Contains("unknown reason"));
}
