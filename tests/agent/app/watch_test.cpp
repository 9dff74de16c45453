#include "agent/app/watch.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "agent/app/rule_loader.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

// Turns the loop until the watch tells, for the most five seconds.
struct Watched {
    const std::vector<std::string> patterns;
    net::Loop loop;
    bool told = false;
    std::unique_ptr<FileWatch> watch;

    explicit Watched(std::vector<std::string> p) : patterns(std::move(p)) { renew(); }
    void renew() {
        watch = std::make_unique<FileWatch>(loop, patterns, [this] {
            told = true;
            renew();
            loop.stop();
        });
    }
    bool tells() {
        told = false;
        const auto enough = loop.after(5s, [this] { loop.stop(); });
        loop.run();
        return told;
    }
};

constexpr auto kOne = "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n";
constexpr auto kTwo = "groups: [{name: g, rules: [{alert: B, expr: up == 0}]}]\n";

}  // namespace

TEST_CASE("a rule file that changes is told of and read anew, whatever its name ends in") {
    const test::FixtureTree tree{{"d/a.yml", kOne}, {"d/b.rules", kOne}, {"d/plain", kOne}};
    const auto [pattern, file] = GENERATE(table<std::string, std::string>({
        {"d", "d/a.yml"},
        {"d/*.yml", "d/a.yml"},
        {"d/*.rules", "d/b.rules"},
        {"d/plain", "d/plain"},
        {"*/*.rules", "d/b.rules"},
    }));
    CAPTURE(pattern);
    RuleLoader loader({tree.at(pattern)}, rules::default_severities());
    const auto hash = loader.load().hash;
    Watched watched(loader.patterns());
    tree.write(file, kTwo);
    REQUIRE(watched.tells());
    CHECK(loader.load().hash != hash);

    std::filesystem::rename(tree.at(file), tree.at("aside"));
    CHECK(watched.tells());
}

TEST_CASE("a folder of rule files that comes and goes is told of, and so is what changes in it") {
    const test::FixtureTree tree{{"aside", ""}};
    const auto pattern =
        GENERATE(as<std::string>{}, "etc/rules.d/*.yml", "etc/rules.d", "e*/rules.d/*.yml");
    CAPTURE(pattern);
    Watched watched({tree.at(pattern)});
    tree.write("etc/rules.d/a.yml", kOne);
    REQUIRE(watched.tells());
    tree.write("etc/rules.d/a.yml", kTwo);
    REQUIRE(watched.tells());
    std::filesystem::remove_all(tree.at("etc"));
    REQUIRE(watched.tells());
    tree.write("etc/rules.d/a.yml", kOne);
    CHECK(watched.tells());
}
