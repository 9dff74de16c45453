// docs/openapi.yaml lists the routes that the bridge serves, no more and no less.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "base/net/file.h"
#include "base/text/yaml.h"
#include "bridge/api/api.h"
#include "bridge/api/json.h"
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
        case Access::kReport:
            return "report";
    }
    return "";
}

std::string upper(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return out;
}

text::YamlNode described_api() {
    static const std::string file = TOCSIN_SOURCE_DIR "/docs/openapi.yaml";
    const auto text = net::read_file(file);
    REQUIRE(text);
    Diagnostics diagnostics(file);
    text::YamlNode root = text::parse_yaml(text.value(), diagnostics);
    INFO(diagnostics.text());
    REQUIRE(root);
    return root;
}

// The members that a schema describes, those of the schemas that it is made of too.
void add_members(const text::YamlNode& schemas, const text::YamlNode& schema,
                 std::set<std::string>& out) {
    if (const auto ref = schema.find("$ref")) {
        const std::string name(ref.scalar());
        add_members(schemas, schemas.find(name.substr(name.rfind('/') + 1)), out);
    }
    for (const auto& part : schema.find("allOf").items()) add_members(schemas, part, out);
    for (const auto& [name, type] : schema.find("properties").entries()) {
        out.insert(std::string(name));
    }
}

std::set<std::string> members_of(const boost::json::value& answer) {
    std::set<std::string> out;
    for (const auto& member : answer.as_object()) out.insert(std::string(member.key()));
    return out;
}

}  // namespace

TEST_CASE("what the bridge answers of an incident is described, member by member") {
    const auto schemas = described_api().find("components").find("schemas");
    struct Case {
        const char* schema;
        std::string answer;
    };
    const std::string page = page_json({{IncidentSummary{}}, 0}, "https://x");
    for (const Case& c : {Case{"IncidentDetail", detail_json(IncidentDetail{}, "https://x")},
                          Case{"Incident", boost::json::serialize(
                                               boost::json::parse(page).at("incidents").at(0))}}) {
        INFO(c.schema);
        std::set<std::string> described;
        add_members(schemas, schemas.find(c.schema), described);
        const std::set<std::string> told = members_of(boost::json::parse(c.answer));
        CHECK(told.size() > 20);
        for (const std::string& name : told) {
            INFO(name << " is told and not described");
            CHECK(described.contains(name));
        }
        for (const std::string& name : described) {
            INFO(name << " is described and not told");
            CHECK(told.contains(name));
        }
    }
}

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

    const text::YamlNode root = described_api();
    std::map<std::string, std::string> described;
    for (const auto& [path, methods] : root.find("paths").entries()) {
        for (const auto& [method, operation] : methods.entries()) {
            described[upper(method) + " " + path] = operation.find("x-access").scalar();
        }
    }
    CHECK(described == served);
    CHECK(root.find("info").find("version").scalar() == kVersion);
}
