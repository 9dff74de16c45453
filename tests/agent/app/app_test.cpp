#include "agent/app/app.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "agent/config/config.h"
#include "collector/register.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::agent;

TEST_CASE("a heartbeat tells what the host is now, not what it was when the agent started") {
    const test::FixtureTree tree{{"proc/sys/kernel/random/boot_id", "8f4e\n"},
                                 {"sys/devices/system/cpu/online", "0-1\n"}};
    std::vector<std::string> bodies;
    test::HttpTestServer bridge([&](const net::Request& request, net::Reply reply) {
        bodies.push_back(request.body);
        reply.send(net::Response{});
        if (bodies.size() > 1) return;
        tree.write("sys/devices/system/cpu/online", "0-3\n");
        tree.write("proc/sys/kernel/random/boot_id", "");
        ::kill(::getpid(), SIGTERM);  // the agent says goodbye with another heartbeat
    });
    Config config;
    config.host = "h1";
    config.listen = "127.0.0.1:0";
    config.state = tree.at("state");
    config.path = {tree.at("proc"), tree.at("sys"), tree.root(), tree.at("udev")};
    config.rules.files.clear();
    config.bridge.urls = {bridge.url("")};
    auto app = App::create(std::move(config));
    REQUIRE(app);
    app.value()->run();
    REQUIRE(bodies.size() == 2);
    CHECK_THAT(bodies[0], Catch::Contains(R"("cpus":2)"));
    CHECK_THAT(bodies[1], Catch::Contains(R"("cpus":4)"));
    CHECK_THAT(bodies[1], Catch::Contains(R"("boot_id":"8f4e")"));
}

// What was being read, and what had been and waits in the loop, holds series of the agent's.
TEST_CASE("an agent that is told to end while it collects ends") {
    std::string many = "# TYPE many gauge\n";
    for (int i = 0; i < 20'000; ++i) many += "many{n=\"" + std::to_string(i) + "\"} 1\n";
    const test::FixtureTree tree{{"text/many.prom", many}};
    int beats = 0;
    test::HttpTestServer bridge([&](const net::Request&, net::Reply reply) {
        reply.send(net::Response{});
        if (++beats == 1) ::kill(::getpid(), SIGTERM);
    });
    Diagnostics diagnostics("agent.yml");
    Config config =
        read_config("collect: {textfile: {directory: " + tree.at("text") + "}}",
                    {collector::registrations(), collector::target_kinds()}, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    config.host = "h1";
    config.listen = "127.0.0.1:0";
    config.state = tree.at("state");
    config.rules.files.clear();
    config.bridge.urls = {bridge.url("")};
    {
        auto app = App::create(std::move(config));
        REQUIRE(app);
        app.value()->run();
    }
    CHECK(beats == 2);  // it said goodbye
}
