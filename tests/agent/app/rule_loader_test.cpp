#include "agent/app/rule_loader.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

constexpr auto kGood = "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n";
constexpr auto kBad = "groups: [{name: g, rules: [{alert: A, exp: up == 0}]}]\n";
constexpr auto kLevels =
    "groups: [{name: g, rules: [{alert: L, expr: up, levels: {warning: '< 1'}}]}]\n";

}  // namespace

TEST_CASE("a rule file that is wrong from the start is there but not read") {
    const test::FixtureTree tree{{"a.yml", kGood}, {"b.yml", kBad}};
    RuleLoader loader({tree.at("*.yml")}, rules::default_severities());
    const auto first = loader.load();
    CHECK(first.files.size() == 1);
    CHECK_FALSE(first.complete);
    CHECK(first.unread == std::vector{tree.at("b.yml")});

    tree.write("b.yml", kGood);
    CHECK(loader.load().unread.empty());
    tree.write("b.yml", kBad);
    const auto stands_in = loader.load();
    CHECK(stands_in.files.size() == 2);
    CHECK(stands_in.unread.empty());
}

TEST_CASE("a rule file that is wrong keeps its own old rules, not the other files' new ones away") {
    const test::FixtureTree tree{{"a.yml", kGood}, {"b.yml", kGood}};
    RuleLoader loader({tree.at("*.yml")}, rules::default_severities());
    REQUIRE(loader.load().complete);
    tree.write("a.yml", kLevels);
    tree.write("b.yml", kBad);
    const auto loaded = loader.load();
    CHECK_FALSE(loaded.complete);
    std::string names;
    for (const auto& file : loaded.files) {
        names += std::get<rules::AlertRule>(file.groups.at(0).rules.at(0)).alert + " ";
    }
    CHECK(names == "L A ");
}

TEST_CASE("a rule file that contradicts another is there but not read") {
    const test::FixtureTree tree{{"a.yml", kLevels}, {"b.yml", kLevels}};
    RuleLoader loader({tree.at("*.yml")}, rules::default_severities());
    CHECK(loader.load().unread == std::vector{tree.at("b.yml")});
}

TEST_CASE("a rule file that was named and is gone is not waited for") {
    const test::FixtureTree tree{{"a.yml", kBad}};
    RuleLoader loader({tree.at("a.yml")}, rules::default_severities());
    CHECK(loader.load().unread.size() == 1);
    std::filesystem::remove(tree.at("a.yml"));
    const auto gone = loader.load();
    CHECK_FALSE(gone.complete);
    CHECK(gone.unread.empty());
}

TEST_CASE("a rule whose cause is in no file any more goes on without waiting for it") {
    const test::FixtureTree tree{
        {"a.yml", "groups: [{name: g, rules: [{alert: B, expr: up == 0, depends_on: A}]}]\n"},
        {"b.yml", kGood}};
    RuleLoader loader({tree.at("*.yml")}, rules::default_severities());
    const auto first = loader.load();
    CHECK(first.complete);
    const auto depends_on = [](const LoadedRules& loaded) {
        return std::get<rules::AlertRule>(loaded.files.at(0).groups.at(0).rules.at(0)).depends_on;
    };
    CHECK(depends_on(first).size() == 1);
    tree.write("b.yml", "groups: []\n");
    const auto without = loader.load();
    CHECK_FALSE(without.complete);
    CHECK(without.unread.empty());
    CHECK(without.files.size() == 2);
    CHECK(depends_on(without).empty());
}

TEST_CASE("overrides count from the next load on, and one of no alert is a warning") {
    const test::FixtureTree tree{{"a.yml", kLevels}};
    RuleLoader loader({tree.at("*.yml")}, rules::default_severities());
    const auto variations = [&] {
        const auto loaded = loader.load();
        CHECK(loaded.complete);
        return std::get<rules::AlertRule>(loaded.files.at(0).groups.at(0).rules.at(0)).vary.size();
    };
    CHECK(variations() == 0);
    Diagnostics said("agent.yml");
    const auto root = text::parse_yaml("[{where: ['a=\"b\"'], levels: {warning: '< 0'}}]", said);
    rules::Overrides overrides;
    overrides.emplace("L", rules::read_vary(root, said));
    overrides.emplace("Gone", rules::read_vary(root, said));
    loader.set_overrides(overrides);
    CHECK(variations() == 1);
    REQUIRE(loader.load().diagnostics.size() == 1);
    CHECK(loader.load().diagnostics[0].level == DiagnosticLevel::kWarning);
}
