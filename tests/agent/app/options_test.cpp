#include "agent/app/options.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

std::variant<Flags, int> parse(std::vector<std::string> words, std::ostream& err) {
    words.insert(words.begin(), "tocsin-agent");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    std::ostringstream out;
    return parse_flags(static_cast<int>(argv.size()), argv.data(), out, err);
}

}  // namespace

TEST_CASE("each command answers --version, and what is wrong in form is 2") {
    std::ostringstream err;
    for (const char* command : {"serve", "collect"}) {
        CHECK(std::get<int>(parse({command, "--version"}, err)) == 0);
    }
    CHECK(err.str().empty());
    for (const char* address : {"foo", "127.0.0.1", "127.0.0.1:x"}) {
        INFO(address);
        CHECK(std::get<int>(parse({"serve", "--listen", address}, err)) == 2);
        CHECK(err.str().find("--listen: ") != std::string::npos);
    }
}

TEST_CASE("flags win over the file, with the default's value too") {
    const test::FixtureTree tree{{"agent.yml",
                                  "path: {procfs: /host/proc, sysfs: /host/sys, rootfs: /host, "
                                  "udev_data: /host/udev}\n"
                                  "collect: {interval: 1m}\n"}};
    std::ostringstream err;
    const auto plain = parse({"serve", "--config", tree.at("agent.yml")}, err);
    REQUIRE(std::holds_alternative<Flags>(plain));
    auto config = load_options(std::get<Flags>(plain), err);
    REQUIRE(config);
    CHECK(config.value().path.procfs == "/host/proc");
    CHECK(config.value().path.udev_data == "/host/udev");
    CHECK(config.value().collect.interval == 1min);

    const auto flags = parse(
        {"serve", "--config", tree.at("agent.yml"), "--path.procfs", "/proc", "--path.sysfs",
         "/sys", "--path.rootfs", "/", "--path.udev.data", "/run/udev/data", "--interval", "15s"},
        err);
    REQUIRE(std::holds_alternative<Flags>(flags));
    config = load_options(std::get<Flags>(flags), err);
    REQUIRE(config);
    CHECK(config.value().path.procfs == "/proc");
    CHECK(config.value().path.sysfs == "/sys");
    CHECK(config.value().path.rootfs == "/");
    CHECK(config.value().path.udev_data == "/run/udev/data");
    CHECK(config.value().collect.interval == 15s);
}

TEST_CASE("a target knows the time of its collections, whatever said the interval") {
    const test::FixtureTree tree{
        {"agent.yml",
         "collect:\n"
         "  interval: 4s\n"
         "  redis: [{url: 'redis://a:1'}, {url: 'redis://b:1', every: 1m, timeout: 20s}]\n"}};
    std::ostringstream err;
    auto flags = std::get<Flags>(parse({"serve", "--config", tree.at("agent.yml")}, err));
    const auto paces = [&] {
        auto config = load_options(flags, err);
        REQUIRE(config);
        config.value().collect.settle_paces(config.value().collect.interval);
        std::vector<std::pair<Duration, Duration>> out;
        for (const auto& target : config.value().collect.targets.at(0).targets) {
            out.emplace_back(target->every, target->timeout);
        }
        return out;
    };
    using Paces = std::vector<std::pair<Duration, Duration>>;
    CHECK(paces() == Paces{{4s, 4s}, {1min, 20s}});
    flags.interval = 1s;
    CHECK(paces() == Paces{{1s, 1s}, {1min, 20s}});
}

TEST_CASE("a flag whose value is wrong is a wrong use, and said so") {
    const auto [flag, value, word] = GENERATE(table<std::string, std::string, std::string>({
        {"--interval", "foo", "foo"},
        {"--interval", "1ms", "at least 100ms"},
        {"--bridge", "nope", "nope"},
        {"--log.level", "loud", "loud"},
    }));
    CAPTURE(flag, value);
    std::ostringstream err;
    const auto parsed = parse({"serve", flag, value}, err);
    REQUIRE(std::holds_alternative<int>(parsed));
    CHECK(std::get<int>(parsed) == 2);
    CHECK_THAT(err.str(), Catch::Contains(flag) && Catch::Contains(word));
}
