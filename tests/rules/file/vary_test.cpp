// Layers of levels, and what depends on what over all files.
#include "rules/file/vary.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::rules;

namespace {

constexpr auto kRule = R"(groups:
  - name: disk
    rules:
      - alert: Filling
        expr: used
        levels: {warning: "> 80", critical: {when: "> 92", for: 1m}}
        clear: 3
        for: 15m
        vary:
          - {where: ['mountpoint="/backup"'], levels: {warning: "> 92", critical: {when: "> 97", for: 2m}}}
          - {where: ['mountpoint=~"/.*"'], levels: {critical: null}}
)";

Overrides overrides(const std::string& list, Diagnostics& diagnostics) {
    Overrides out;
    out.emplace("Filling", read_vary(text::parse_yaml(list, diagnostics), diagnostics));
    return out;
}

AlertRule read(const Overrides* over, Diagnostics& diagnostics) {
    const RuleFile file = parse_rule_file(kRule, {default_severities(), over}, diagnostics);
    return std::get<AlertRule>(file.groups.at(0).rules.at(0));
}

// What an alert of these labels has: "warning > 92 clear <= 89 for 15m; critical …".
std::string levels_for(const AlertRule& rule, const Labels& labels) {
    const Variation* found = nullptr;
    for (const Variation& variation : rule.vary) {
        if (found == nullptr && matches_all(variation.where, labels)) found = &variation;
    }
    std::string out;
    for (std::size_t i = 0; i < rule.levels.size(); ++i) {
        const Level& level = rule.levels[i];
        std::optional<LevelTerms> terms = LevelTerms{level.condition, level.hold};
        if (found != nullptr) terms = found->levels[i];
        if (!terms) continue;
        if (!out.empty()) out += "; ";
        out += level.name + " " + terms->condition.when().text() + " clear " +
               terms->condition.clear_text() + " for " + format_duration(terms->hold);
    }
    return out;
}

std::vector<std::string> dependencies(const std::vector<std::string>& texts) {
    std::vector<RuleFile> files;
    for (const std::string& text : texts) {
        Diagnostics diagnostics(std::to_string(files.size()) + ".yml");
        files.push_back(parse_rule_file("groups: [{name: g, rules: [" + text + "]}]",
                                        RuleFileOptions{}, diagnostics));
        INFO(diagnostics.text());
        REQUIRE_FALSE(diagnostics.has_errors());
    }
    std::vector<Diagnostic> said;
    check_dependencies(files, said);
    std::vector<std::string> out;
    for (const Diagnostic& d : said) out.push_back(d.text());
    return out;
}

}  // namespace

TEST_CASE("the first entry that matches is merged level by level") {
    Diagnostics diagnostics("rules.yml");
    const AlertRule rule = read(nullptr, diagnostics);
    CHECK(diagnostics.all().empty());
    CHECK(levels_for(rule, {}) ==
          "warning > 80 clear <= 77 for 15m; critical > 92 clear <= 89 for 1m");
    // What an entry does not say stays: the distance back, and of `for` the level's own.
    CHECK(levels_for(rule, {{"mountpoint", "/backup"}}) ==
          "warning > 92 clear <= 89 for 15m; critical > 97 clear <= 94 for 2m");
    CHECK(levels_for(rule, {{"mountpoint", "/srv"}}) == "warning > 80 clear <= 77 for 15m");
}

TEST_CASE("a host's overrides lie over the rule's own variations") {
    Diagnostics diagnostics("agent.yml");
    const Overrides over = overrides(R"([
        {where: ['mountpoint=~"/b.*"'], levels: {warning: {clear: 1}}},
        {where: ['mountpoint="/srv"'], levels: {critical: {when: "> 98", clear: "< 90"}}}])",
                                     diagnostics);
    const AlertRule rule = read(&over, diagnostics);
    CHECK(diagnostics.text().empty());
    CHECK(levels_for(rule, {}) ==
          "warning > 80 clear <= 77 for 15m; critical > 92 clear <= 89 for 1m");
    CHECK(levels_for(rule, {{"mountpoint", "/backup"}}) ==
          "warning > 92 clear <= 91 for 15m; critical > 97 clear <= 94 for 2m");
    // The rule's entry removes the level, the host's has it back.
    CHECK(levels_for(rule, {{"mountpoint", "/srv"}}) ==
          "warning > 80 clear <= 77 for 15m; critical > 98 clear < 90 for 1m");
    // Of the host's layer nothing matches.
    CHECK(levels_for(rule, {{"mountpoint", "/var"}}) == "warning > 80 clear <= 77 for 15m");
}

TEST_CASE("an override that cannot be is told at the rule, with its own place") {
    Diagnostics agent("agent.yml");
    const Overrides over = overrides("[{where: ['a=\"b\"'], levels: {page: \"> 98\"}}]", agent);
    REQUIRE(agent.all().empty());
    Diagnostics diagnostics("rules.yml");
    read(&over, diagnostics);
    CHECK_THAT(
        diagnostics.text(),
        Catch::StartsWith("rules.yml:4:9: warning: agent.yml:1: the rule has no level \"page\""));
    Overrides unknown;
    unknown.emplace("Fillin", over.at("Filling"));
    std::vector<Diagnostic> said;
    check_overrides(unknown, {}, said);
    REQUIRE(said.size() == 1);
    CHECK(said[0].text() ==
          "agent.yml:1:2: warning: \"Fillin\" is overridden here, and no rule file has such an "
          "alert");
}

TEST_CASE("a dependency must be there, and lead nowhere back") {
    CHECK(dependencies({"{alert: A, expr: up, depends_on: B}", "{alert: B, expr: up}"}).empty());
    CHECK(dependencies({"{alert: Alpha, expr: up}, {alert: B, expr: up, depends_on: [Alpa]}"}) ==
          std::vector<std::string>{
              "0.yml:1:88: error: no alert is named \"Alpa\" in these files; did "
              "you mean \"Alpha\"?"});
    CHECK(dependencies({"{alert: A, expr: up, depends_on: A}"}) ==
          std::vector<std::string>{"0.yml:1:61: error: a circle of dependencies: A → A"});
    const auto circle =
        dependencies({"{alert: A, expr: up, depends_on: B}",
                      "{alert: B, expr: up, depends_on: [C, D]}, {alert: D, expr: up}",
                      "{alert: C, expr: up, depends_on: A}"});
    REQUIRE(circle.size() == 3);
    CHECK(circle[0] == "0.yml:1:61: error: a circle of dependencies: A → B → C → A");
}
