// What forms can offer: as the configuration has it, and who asks.
#include <catch2/catch.hpp>
#include <string>

#include "base/net/file.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("the API says what actions can name, and whose token it is") {
    const tocsin::test::FixtureTree secrets;
    REQUIRE(net::write_file_atomic(secrets.at("token"), "long-enough-for-a-token\n", 0600));
    const RunningApp app(R"(
people: [{name: li.na, display: 李娜}, {name: zhao.lei}]
vendors: [{name: acme, display: ACME}]
teams: [{name: web, lead: li.na, members: [li.na, zhao.lei]}]
incidents: {causes: [power, water], close_needs: {P2: [proof]}}
pending: {reasons: {vendor: {pauses_at_most: 3d}}}
access: {tokens: [{name: li.na, role: viewer, token_file: )" +
                         secrets.at("token") + "}]}\n");
    const auto said = app.json("/api/v1/choices");
    CHECK(said.at("me").at("name").is_null());
    CHECK(said.at("me").at("role") == "admin");
    CHECK(said.at("people").at(0).at("display") == "李娜");
    CHECK(said.at("people").at(1).at("display") == "zhao.lei");
    CHECK(said.at("teams").at(0).at("lead") == "li.na");
    CHECK(said.at("teams").at(0).at("members") == boost::json::parse(R"(["li.na", "zhao.lei"])"));
    CHECK(said.at("vendors").at(0).at("name") == "acme");
    CHECK(said.at("causes") == boost::json::parse(R"(["power", "water"])"));
    CHECK(said.at("close_needs").at("P2") == boost::json::parse(R"(["proof"])"));
    CHECK(said.at("pending_reasons").at(0).at("name") == "vendor");
    CHECK(said.at("pending_reasons").at(0).at("pauses_at_most") == "3d");

    const auto answer = app.request("GET", "/api/v1/choices", "", "long-enough-for-a-token");
    const auto mine = boost::json::parse(answer.body);
    CHECK(mine.at("me").at("name") == "li.na");
    CHECK(mine.at("me").at("role") == "viewer");
}
