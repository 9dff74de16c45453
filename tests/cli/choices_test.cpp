// `tocsin choices` against a bridge that answers as told.
#include <catch2/catch.hpp>
#include <sstream>

#include "cli/run.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
namespace net = tocsin::net;
using Catch::Matchers::Contains;

TEST_CASE("what actions can name is listed as a table and as JSON") {
    std::string path;
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            path = request.path;
            reply.send(net::Response::json(200, R"({"me": {"name": "li.na", "role": "responder"},
                "people": [{"name": "li.na", "display": "李娜"}],
                "teams": [{"name": "web", "lead": null, "manager": null, "members": ["li.na", "zhao.lei"]}],
                "vendors": [{"name": "acme", "display": "ACME"}], "causes": ["power"],
                "close_needs": {"P1": ["cause", "solution"], "P4": []},
                "pending_reasons": [{"name": "vendor", "pauses_at_most": "3d"}]})"));
        });
    const auto ran = [&](std::vector<std::string> args) {
        std::ostringstream out;
        std::ostringstream err;
        args.insert(args.begin(), {"--bridge", bridge.url("")});
        CHECK(run(std::move(args), out, err) == kDone);
        return out.str();
    };
    const std::string table = ran({"choices"});
    CHECK(path == "/api/v1/choices");
    CHECK_THAT(table, Contains("li.na, zhao.lei") && Contains("李娜") && Contains("vendor:acme") &&
                          Contains("power") && Contains("pauses at most 3d") &&
                          Contains("cause, solution"));
    CHECK_THAT(table, !Contains("P4"));
    CHECK_THAT(ran({"--output", "json", "choices"}), Contains("\"pauses_at_most\": \"3d\""));
}
