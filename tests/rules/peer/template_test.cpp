// Debian's promtool judges our templates: what each of a corpus becomes is written as the
// expectation of its unit test and must pass there.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "tests/support/promtool.h"
#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;
using namespace tocsin::test;

namespace {

std::vector<std::string> templates() {
    std::ifstream in(std::string(TOCSIN_FIXTURES) + "/rules/templates.txt");
    REQUIRE(in.good());
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') out.push_back(line);
    }
    return out;
}

std::string name_of(std::size_t n) {
    std::string digits = std::to_string(n);
    return "a" + std::string(4 - digits.size(), '0') + digits;
}

}  // namespace

TEST_CASE("promtool agrees with what our templates become") {
    if (!has_promtool()) return;
    const std::vector<std::string> corpus = templates();
    REQUIRE(corpus.size() > 100);
    std::string file =
        "groups:\n- name: g\n  rules:\n  - alert: T\n    expr: m\n    annotations:\n";
    for (std::size_t i = 0; i < corpus.size(); ++i) {
        file += "      " + name_of(i) + ": " + quote(corpus[i]) + "\n";
    }
    World world;
    RuleSet rules = world.make({file_of(file)});
    world.put(
        Labels{
            {"__name__", "m"}, {"instance", "web-1:9100"}, {"job", "node"}, {"mountpoint", "/var"}},
        1, 1234567);
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 1);
    const Annotations ours = rules.status().at(0).rules.at(0).alerts.at(0).annotations;

    std::string expected;
    for (std::size_t i = 0; i < corpus.size(); ++i) {
        const std::string& text = ours.at(name_of(i));
        INFO(corpus[i]);
        CHECK_FALSE(text.starts_with("<error"));
        expected += "            " + name_of(i) + ": " + quote(text) + "\n";
    }
    const auto folder = promtool_folder("templates");
    write_file(folder / "rules.yml", file);
    write_file(folder / "test.yml",
               "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n"
               "    input_series:\n"
               "      - {series: 'm{instance=\"web-1:9100\",job=\"node\",mountpoint=\"/var\"}', "
               "values: '1234567x5'}\n"
               "    alert_rule_test:\n      - eval_time: 1m\n        alertname: T\n"
               "        exp_alerts:\n        - exp_labels: {instance: 'web-1:9100', job: node, "
               "mountpoint: /var}\n          exp_annotations:\n" +
                   expected);
    const auto [status, output] = promtool_test(folder / "test.yml");
    INFO(folder << "\n" << output);
    REQUIRE(status == 0);
    std::filesystem::remove_all(folder);
}
