// docs/openapi.yaml lists the routes that the bridge serves, no more and no less.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "bridge/api/api.h"
#include "bridge/api/json.h"
#include "bridge/store/store.h"
#include "tests/support/described_api.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::described_api;
using tocsin::test::referred;
using tocsin::test::types_of;

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
        case Access::kViewOwn:
            return "view, reporters their own";
    }
    return "";
}

std::string upper(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return out;
}

// By name, of which type: the members that a schema describes, those of the schemas that it is made
// of too. One that two of them describe as different things nothing can be.
using Members = std::map<std::string, std::set<std::string>>;
void add_members(const text::YamlNode& root, const text::YamlNode& node, Members& out) {
    const text::YamlNode schema = referred(root, node);
    for (const auto& part : schema.find("allOf").items()) add_members(root, part, out);
    for (const auto& [name, type] : schema.find("properties").entries()) {
        const std::set<std::string> types = types_of(root, type);
        const auto [known, fresh] = out.emplace(name, types);
        INFO(name << " at line " << type.position().line << " is another thing elsewhere");
        CHECK(known->second == types);
    }
}

// Whatever is made of several parts, wherever it stands.
void check_parts(const text::YamlNode& root, const text::YamlNode& node) {
    if (node.find("allOf")) {
        Members members;
        add_members(root, node, members);
    }
    for (const auto& item : node.items()) check_parts(root, item);
    for (const auto& [name, value] : node.entries()) check_parts(root, value);
}

std::set<std::string> members_of(const boost::json::value& answer) {
    std::set<std::string> out;
    for (const auto& member : answer.as_object()) out.insert(std::string(member.key()));
    return out;
}

// Null is for whoever looks at "nullable".
bool is_of(const boost::json::value& value, const std::set<std::string>& types) {
    if (value.is_null() || types.empty()) return true;
    if (value.is_object()) return types.contains("object");
    if (value.is_array()) return types.contains("array");
    if (value.is_string()) return types.contains("string");
    if (value.is_bool()) return types.contains("boolean");
    return types.contains("integer") || types.contains("number");
}

}  // namespace

TEST_CASE("what the bridge answers of an incident is described, member by member") {
    const text::YamlNode root = described_api();
    const auto schemas = root.find("components").find("schemas");
    struct Case {
        const char* schema;
        std::string answer;
    };
    const std::string page = page_json({{IncidentSummary{}}, 0}, "https://x");
    for (const Case& c :
         {Case{"IncidentDetail", detail_json(IncidentDetail{}, "https://x", Oncall{})},
          Case{"Incident",
               boost::json::serialize(boost::json::parse(page).at("incidents").at(0))}}) {
        INFO(c.schema);
        Members described;
        add_members(root, schemas.find(c.schema), described);
        const boost::json::value answer = boost::json::parse(c.answer);
        const std::set<std::string> told = members_of(answer);
        CHECK(told.size() > 20);
        for (const std::string& name : told) {
            INFO(name << " is told and not described");
            CHECK(described.contains(name));
        }
        for (const auto& [name, types] : described) {
            INFO(name << " is described and not told");
            CHECK(told.contains(name));
            INFO(name << " is told as another type than it is described");
            CHECK((!told.contains(name) || is_of(answer.at(name), types)));
        }
    }
}

TEST_CASE("the parts of a schema do not contradict each other") {
    const text::YamlNode root = described_api();
    check_parts(root, root);
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
