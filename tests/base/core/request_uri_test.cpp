#include "base/core/request_uri.h"

#include <catch2/catch.hpp>
#include <string_view>

using namespace tocsin;

// Each as Alertmanager 0.25 answered it for an alert's generatorURL.
TEST_CASE("a URI is what Alertmanager takes for one") {
    for (const std::string_view text :
         {"http://foo", "/x", "foo:bar", "http://", "http:///x", "http://h/a b",
          "http://h/\xc3\xa4", "//h/x", "mailto:a@b", "*", "http://h/x#a b", "http://h/x?a b",
          "http://h:9090/graph?q=%zz", "http://[::1]:9090/", "http://u:p%40@h/"}) {
        CAPTURE(text);
        CHECK(is_request_uri(text));
    }
    for (const std::string_view text :
         {"", "foo", "not a url", "http://foo bar", "http://h/%zz", "http://h:port/", "1http://x",
          "http://[::1/x", "#x", "http://h\tx/", " http://h/", "http://h/%2", "http://u p@h/", ":x",
          "x/y:z"}) {
        CAPTURE(text);
        CHECK_FALSE(is_request_uri(text));
    }
}
