// Debian's promtool judges our plain rules: what we say is pending and firing at every minute is
// written as its unit test and must pass there.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>
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

constexpr int kMinutes = 40;

// One input series: a value a minute, NaN where there is no sample.
struct Input {
    std::string text;  // as promtool writes the series
    Labels labels;
    std::vector<double> values;
};

const std::string kRuleFile = R"(groups:
  - name: plain
    interval: 1m
    rules:
      - record: job:load:sum
        expr: sum by (job) (load)
        labels: {level: job}
      - alert: Now
        expr: load > 80
        labels: {severity: critical, seen: "{{ $labels.instance }}"}
        annotations:
          summary: "{{ $labels.instance }} of {{ $labels.job }} is at {{ $value }}"
          human: '{{ $value | humanize }} {{ printf "%.2f" $value }} {{ if gt $value 95.0 }}high{{ else }}raised{{ end }}'
      - alert: AfterFive
        expr: load > 80
        for: 5m
        labels: {severity: warning}
      - alert: Kept
        expr: load > 90
        keep_firing_for: 4m
        for:
        labels: {job: , of: '{{ $labels.job }}'}
        annotations: {nothing: }
      - alert: AfterThreeKeptThree
        expr: load >= 75
        for: 3m
        keep_firing_for: 3m
        annotations: {summary: "{{ $value }}"}
      - alert: Recorded
        expr: job:load:sum > 150
        for: 2m
      - alert: Rising
        expr: deriv(load[5m]) > 0.01 and load > 70
        for: 1m
      - alert: Gone
        expr: absent(load{instance="a"})
        for: 1m
      - alert: Average
        expr: avg_over_time(load[3m]) > 78
        for: 1m
        labels: {instance: any, job: "{{ $labels.job }}-{{ $labels.instance }}"}
      - alert: Scalar
        expr: scalar(sum(load)) > bool 140
)";

std::vector<Input> random_inputs(std::mt19937& random) {
    std::uniform_int_distribution<int> step(-12, 12);
    std::uniform_int_distribution<int> odd(0, 19);
    std::vector<Input> out;
    for (const char* instance : {"a", "b", "c"}) {
        Input input;
        const std::string job = std::string(instance) == "c" ? "db" : "web";
        input.text = "load{instance=\"" + std::string(instance) + "\",job=\"" + job + "\"}";
        input.labels = Labels{{"__name__", "load"}, {"instance", instance}, {"job", job}};
        int v = 78;
        int gap = 0;
        for (int m = 0; m < kMinutes; ++m) {
            v = std::clamp(v + step(random), 40, 120);
            if (gap == 0 && odd(random) == 0) gap = 1 + odd(random) / 2;
            const bool missing = gap > 0;
            if (gap > 0) --gap;
            input.values.push_back(missing ? std::nan("") : v);
        }
        out.push_back(std::move(input));
    }
    return out;
}

std::string series_values(const Input& input) {
    std::string out;
    for (const double v : input.values) {
        out += (out.empty() ? "" : " ") + (std::isnan(v) ? std::string("_") : format_double(v));
    }
    return out;
}

std::string yaml_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

std::string map_text(const Labels& labels, std::string_view without) {
    std::string out;
    for (const Label& label : labels) {
        if (label.name == without) continue;
        out += (out.empty() ? "" : ", ") + std::string(label.name.view()) + ": " +
               yaml_text(label.value.view());
    }
    return "{" + out + "}";
}

std::string map_text(const Annotations& annotations) {
    std::string out;
    for (const auto& [name, value] : annotations) {
        out += (out.empty() ? "" : ", ") + name + ": " + yaml_text(value);
    }
    return "{" + out + "}";
}

// What we say at one minute, as promtool's expectations.
void expect_minute(const RuleSet& rules, int minute, std::string& alerts, std::string& pending) {
    std::string samples;
    const std::vector<GroupStatus> groups = rules.status();
    for (const RuleStatus& rule : groups.at(0).rules) {
        const auto* alert = std::get_if<AlertRule>(rule.rule);
        if (alert == nullptr) continue;
        alerts += "      - eval_time: " + std::to_string(minute) +
                  "m\n        alertname: " + alert->alert + "\n        exp_alerts:\n";
        for (const AlertStatus& status : rule.alerts) {
            const Labels series = LabelsBuilder(status.labels)
                                      .set("__name__", "ALERTS")
                                      .set("alertstate", status.firing ? "firing" : "pending")
                                      .build();
            samples += "          - {labels: " + yaml_text(series.text()) + ", value: 1}\n";
            if (!status.firing) continue;
            alerts += "          - exp_labels: " + map_text(status.labels, "alertname") +
                      "\n            exp_annotations: " + map_text(status.annotations) + "\n";
        }
    }
    pending += "      - expr: ALERTS\n        eval_time: " + std::to_string(minute) +
               "m\n        exp_samples:\n" + samples;
}

std::string run_ours(const std::vector<Input>& inputs) {
    World world;
    RuleSet rules = world.make({file_of(kRuleFile)});
    std::string alerts;
    std::string pending;
    for (int m = 0; m < kMinutes; ++m) {
        for (const Input& input : inputs) {
            const double v = input.values[static_cast<std::size_t>(m)];
            if (!std::isnan(v)) world.put(input.labels, m, v);
        }
        world.evaluate(rules, m);
        expect_minute(rules, m, alerts, pending);
    }
    CHECK(world.failures == 0);
    std::string text =
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n"
        "  - interval: 1m\n    input_series:\n";
    for (const Input& input : inputs) {
        text += "      - {series: " + yaml_text(input.text) +
                ", values: " + yaml_text(series_values(input)) + "}\n";
    }
    return text + "    alert_rule_test:\n" + alerts + "    promql_expr_test:\n" + pending;
}

}  // namespace

TEST_CASE("promtool agrees with every minute of our plain rules") {
    if (!has_promtool()) return;
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    const auto folder = promtool_folder("minutes");
    write_file(folder / "rules.yml", kRuleFile);
    for (int round = 0; round < 8; ++round) {
        write_file(folder / "test.yml", run_ours(random_inputs(random)));
        const auto [status, output] = promtool_test(folder / "test.yml");
        INFO("seed " << seed << " round " << round << " in " << folder << "\n"
                     << output.substr(0, 4000));
        REQUIRE(status == 0);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("promtool takes our rule files that have no keys of our own") {
    if (!has_promtool()) return;
    for (const char* name : {"prometheus.yml", "empty_values.yml"}) {
        const std::string file = std::string(TOCSIN_FIXTURES) + "/rules/good/" + name;
        INFO(file);
        CHECK(std::system(("promtool check rules " + file + " >/dev/null").c_str()) == 0);
    }
}

TEST_CASE("promtool refuses a wrong expectation, so its agreement means something") {
    if (!has_promtool()) return;
    std::mt19937 random(1);
    const auto folder = promtool_folder("no");
    std::string test = run_ours(random_inputs(random));
    const auto at = test.find("exp_annotations: {human: '");
    REQUIRE(at != std::string::npos);
    test.insert(at + 26, "9");
    write_file(folder / "rules.yml", kRuleFile);
    write_file(folder / "test.yml", test);
    CHECK(promtool_test(folder / "test.yml").first != 0);
    std::filesystem::remove_all(folder);
}
