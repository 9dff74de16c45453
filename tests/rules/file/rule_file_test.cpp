#include "rules/file/rule_file.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace tocsin;
using namespace tocsin::rules;

namespace {

const std::string kFixtures = std::string(TOCSIN_FIXTURES) + "/rules";

std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

RuleFile read(const std::string& text, Diagnostics& diagnostics) {
    return parse_rule_file(text, RuleFileOptions{}, diagnostics);
}

RuleFile read_good(const std::string& name) {
    Diagnostics diagnostics(name);
    RuleFile file = read(slurp(kFixtures + "/good/" + name), diagnostics);
    INFO(diagnostics.text());
    CHECK(diagnostics.all().empty());
    return file;
}

std::vector<std::string> expectations(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::string mark = "# expect: ";
        if (line.starts_with(mark)) out.push_back(line.substr(mark.size()));
    }
    return out;
}

}  // namespace

TEST_CASE("every mistake in a rule file is named at its place, and nothing else is") {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kFixtures + "/bad")) {
        const std::string name = entry.path().filename();
        const std::string text = slurp(entry.path());
        Diagnostics diagnostics(name);
        read(text, diagnostics);
        const std::vector<std::string> expected = expectations(text);
        INFO(name << " says\n" << diagnostics.text());
        CHECK_FALSE(expected.empty());
        CHECK(diagnostics.all().size() == expected.size());
        for (const std::string& wanted : expected) {
            INFO("expected " << wanted);
            CHECK(std::any_of(
                diagnostics.all().begin(), diagnostics.all().end(),
                [&](const Diagnostic& d) { return d.text().starts_with(name + ":" + wanted); }));
        }
        ++files;
    }
    CHECK(files >= 50);
}

TEST_CASE("a Prometheus rule file reads as Prometheus reads it") {
    const RuleFile file = read_good("prometheus.yml");
    REQUIRE(file.groups.size() == 2);
    const RuleGroup& group = file.groups[0];
    CHECK(group.interval == Duration(30s));
    CHECK(group.limit == 100);
    REQUIRE(group.rules.size() == 2);
    const auto& record = std::get<RecordRule>(group.rules[0]);
    CHECK(record.record == "instance:node_cpu:ratio");
    CHECK(record.labels == StringPairs{{"tier", "1"}});
    const auto& alert = std::get<AlertRule>(group.rules[1]);
    CHECK(alert.alert == "HostOutOfMemory");
    CHECK(alert.hold == Duration(2min));
    CHECK(alert.keep_firing_for == Duration(5min));
    CHECK_FALSE(alert.is_threshold());
    CHECK(alert.labels == StringPairs{{"severity", "warning"}});
    CHECK(alert.annotations.size() == 2);
    CHECK(alert.expr.at == Position{12, 15});
    CHECK(file.groups[1].rules.empty());
    CHECK_FALSE(file.groups[1].interval);
}

TEST_CASE("an empty value is none, and only the first document is read, as in Prometheus") {
    Diagnostics diagnostics("empty_values.yml");
    const RuleFile file = read(slurp(kFixtures + "/good/empty_values.yml"), diagnostics);
    CHECK(diagnostics.text() ==
          "empty_values.yml:38:1: warning: a second document: only one is read\n");
    REQUIRE(file.groups.size() == 3);
    CHECK_FALSE(file.groups[0].interval);
    CHECK(file.groups[0].limit == 0);
    REQUIRE(file.groups[0].rules.size() == 2);
    const auto& alert = std::get<AlertRule>(file.groups[0].rules[0]);
    CHECK(alert.hold == Duration{0});
    CHECK(alert.keep_firing_for == Duration{0});
    CHECK(alert.labels == StringPairs{{"severity", "warning"}, {"team", ""}});
    CHECK(alert.annotations == StringPairs{{"summary", "hi"}, {"dashboard", ""}});
    CHECK(std::get<AlertRule>(file.groups[0].rules[1]).alert == "EmptyRecord");
    CHECK_FALSE(file.groups[1].interval);
    CHECK(file.groups[1].limit == 0);
    REQUIRE(file.groups[1].rules.size() == 2);
    CHECK(std::get<RecordRule>(file.groups[1].rules[0]).record == "a:b");
}

TEST_CASE("levels are ranked by the severities and inherit for and clear") {
    const RuleFile file = read_good("threshold.yml");
    const auto& disk = std::get<AlertRule>(file.groups[0].rules[0]);
    REQUIRE(disk.levels.size() == 2);
    CHECK(disk.levels[0].name == "warning");
    CHECK(disk.levels[0].hold == Duration(15min));
    CHECK(disk.levels[0].condition.clear_text() == "<= 77");
    CHECK(disk.levels[1].name == "critical");
    CHECK(disk.levels[1].hold == Duration(1min));
    CHECK(disk.levels[1].condition.clear_text() == "<= 88");
    REQUIRE(disk.levels[1].gate);
    CHECK(disk.levels[1].gate->text == "node_filesystem_avail_bytes < 50e9");
    CHECK(disk.no_data == NoData::kHold);
    CHECK(disk.inspect);
    // The rule's label wins over the group's.
    CHECK(disk.labels == StringPairs{{"team", "storage"}});
    const auto& heat = std::get<AlertRule>(file.groups[0].rules[1]);
    CHECK(heat.labels == StringPairs{{"team", "web"}});
    CHECK(heat.no_data == NoData::kLevel);
    CHECK(heat.levels[heat.no_data_level].name == "warning");
}

TEST_CASE("a rule's mode is its own, else its group's, else active") {
    Diagnostics diagnostics("modes.yml");
    const std::string text = R"(groups:
  - name: on trial
    mode: observe
    rules:
      - {alert: A, expr: up == 0}
      - {alert: B, expr: up == 0, mode: active}
  - name: in force
    rules:
      - {alert: C, expr: up == 0, mode: observe}
      - {alert: D, expr: up == 0}
)";
    const RuleFile file = parse_rule_file(text, RuleFileOptions{}, diagnostics);
    INFO(diagnostics.text());
    REQUIRE(diagnostics.all().empty());
    std::string modes;
    for (const RuleGroup& group : file.groups) {
        for (const Rule& rule : group.rules) {
            const auto& alert = std::get<AlertRule>(rule);
            modes += alert.alert + " " + std::string(to_string(alert.mode)) + " ";
        }
    }
    CHECK(modes == "A observe B active C observe D active ");
}

TEST_CASE("a file's version is of its text") {
    Diagnostics diagnostics("a.yml");
    // printf '' | sha256sum
    CHECK(parse_rule_file("", RuleFileOptions{}, diagnostics).version == "e3b0c44298fc");
    // printf 'groups: []\n' | sha256sum
    CHECK(parse_rule_file("groups: []\n", RuleFileOptions{}, diagnostics).version ==
          "761adf8d97e1");
}

TEST_CASE("the list of severities is the configuration's") {
    const std::vector<std::string> severities{"note", "page"};
    Diagnostics diagnostics("x.yml");
    const RuleFile file = parse_rule_file(
        "groups: [{name: a, rules: [{alert: A, expr: up, levels: {page: '> 2', note: '> 1'}}]}]",
        RuleFileOptions{severities}, diagnostics);
    CHECK(diagnostics.all().empty());
    CHECK(std::get<AlertRule>(file.groups[0].rules[0]).levels[1].name == "page");
}

TEST_CASE("a guard against division by zero and a filter inside an aggregation are no filters") {
    for (const char* expr : {"a / (b > 0)", "count(up == 0)", "a == bool 1", "sum(rate(x[5m])) / 3",
                             "a / on (job) (b != 0) * 100", "round(a / (b > 0))",
                             "abs(count(up == 0))", "hour()", "round(a == bool 1, 5)"}) {
        Diagnostics diagnostics("x.yml");
        read("groups: [{name: a, rules: [{alert: A, expr: '" + std::string(expr) +
                 "', levels: {critical: '> 1'}}]}]",
             diagnostics);
        INFO(expr << ": " << diagnostics.text());
        CHECK(diagnostics.all().empty());
    }
    for (const char* expr : {"a > 1", "(a > 1) * 100", "-(a > 1)", "a and b < 2", "a > 1 or b",
                             "1 + (a unless b == 2)", "round(a > 80)", "clamp_max(a > 80, 100)",
                             "abs(-(a > 80))", "timestamp(a > 80)", "sort(ceil(a > 80))",
                             "label_replace(a > 80, \"x\", \"y\", \"z\", \"\")", "hour(a > 80)"}) {
        Diagnostics diagnostics("x.yml");
        read("groups: [{name: a, rules: [{alert: A, expr: '" + std::string(expr) +
                 "', levels: {critical: '> 1'}}]}]",
             diagnostics);
        INFO(expr);
        CHECK(diagnostics.has_errors());
    }
}

TEST_CASE("an empty file is a rule file without groups") {
    for (const char* text : {"", "# nothing\n", "groups:\n", "groups: []\n"}) {
        Diagnostics diagnostics("x.yml");
        CHECK(read(text, diagnostics).groups.empty());
        CHECK(diagnostics.all().empty());
    }
}

TEST_CASE("two files that make one alert are told, each plain pair as a warning") {
    const std::string plain = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]";
    const std::string levels =
        "groups: [{name: a, rules: [{alert: A, expr: up, levels: {critical: '< 1'}}]}]";
    const auto together = [](const std::string& first, const std::string& second) {
        Diagnostics one("one.yml");
        Diagnostics two("two.yml");
        const std::vector<RuleFile> files{read(first, one), read(second, two)};
        std::vector<Diagnostic> out;
        check_rule_files(files, out);
        REQUIRE(out.size() == 1);
        CHECK(out[0].file == "two.yml");
        return out[0].level;
    };
    CHECK(together(plain, plain) == DiagnosticLevel::kWarning);
    CHECK(together(plain, levels) == DiagnosticLevel::kError);
    CHECK(together(levels, levels) == DiagnosticLevel::kError);
}
