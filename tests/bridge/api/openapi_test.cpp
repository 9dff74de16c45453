// docs/openapi.yaml lists the routes that the bridge serves, no more and no less.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "base/net/file.h"
#include "base/text/yaml.h"
#include "bridge/api/api.h"
#include "bridge/store/store.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const char* word(Access access) {
    switch (access) {
        case Access::kPublic:
            return "public";
        case Access::kAlerts:
            return "alerts";
        case Access::kView:
            return "view";
        case Access::kRespond:
            return "respond";
        case Access::kAdmin:
            return "admin";
    }
    return "";
}

std::string upper(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return out;
}

}  // namespace

TEST_CASE("docs/openapi.yaml and the routing table hold the same routes with the same access") {
    const tocsin::test::FixtureTree tree;
    const std::string url = "sqlite:" + tree.at("bridge.db");
    net::Loop loop;
    const SystemClock clock;
    const auto config = std::make_shared<const BridgeConfig>(default_config());
    auto store = Store::open(url);
    REQUIRE(store);
    Worker worker(loop, std::move(store).value(), config, clock, {});
    auto queries = Queries::open(url);
    REQUIRE(queries);
    Reader reader(loop, std::move(queries).value());
    Metrics metrics;
    const Api api(ApiParts{loop, clock, worker, reader, metrics}, config,
                  AccessControl({}, LoopbackWithoutToken::kRefuse));
    std::map<std::string, std::string> served;
    for (const Endpoint& route : api.routes()) {
        served[route.method + " " + route.pattern] = word(route.access);
    }

    const std::string file = TOCSIN_SOURCE_DIR "/docs/openapi.yaml";
    const auto text = net::read_file(file);
    REQUIRE(text);
    Diagnostics diagnostics(file);
    const text::YamlNode root = text::parse_yaml(text.value(), diagnostics);
    INFO(diagnostics.text());
    REQUIRE(root);
    std::map<std::string, std::string> described;
    for (const auto& [path, methods] : root.find("paths").entries()) {
        for (const auto& [method, operation] : methods.entries()) {
            described[upper(method) + " " + path] = operation.find("x-access").scalar();
        }
    }
    CHECK(described == served);
    CHECK(root.find("info").find("version").scalar() == kVersion);
}
