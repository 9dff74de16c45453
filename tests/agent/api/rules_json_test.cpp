// What /api/v1/rules and /api/v1/alerts say of rules that have been evaluated.
#include "agent/api/rules_json.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::agent;
using namespace tocsin::rules::testing;

TEST_CASE("alerts and rules tell state, activeAt, value and labels") {
    World world;
    auto rules = world.make({file_of(R"x(groups:
  - name: disk
    rules:
      - alert: Filling
        expr: used
        levels: {warning: "> 80"}
        for: 2m
        labels: {team: dba}
        annotations: {summary: "{{ $value }} ({{ $level }})"}
      - record: doubled
        expr: used * 2
)x")});
    const Labels disk{{"__name__", "used"}, {"mountpoint", "/"}};
    CHECK(alerts_json(rules) == R"({"alerts":[]})");
    CHECK(rules_json(rules, RuleKinds::kAll).find(R"("state":"inactive","name":"Filling")") !=
          std::string::npos);
    const auto alert = [](const std::string& state, const std::string& value,
                          const std::string& with_exponent) {
        return R"x({"labels":{"alertname":"Filling","mountpoint":"/","severity":"warning",)x"
               R"x("team":"dba"},"annotations":{"summary":")x" +
               value + R"x( (warning)"},"state":")x" + state +
               R"x(","activeAt":"2027-01-15T08:01:00.000Z","value":")x" + with_exponent + R"x("})x";
    };
    world.put(disk, 1, 85);
    world.evaluate(rules, 1);
    CHECK(alerts_json(rules) == R"({"alerts":[)" + alert("pending", "85", "8.5e+01") + "]}");
    for (int n = 2; n < 4; ++n) {
        world.put(disk, n, 85.5);
        world.evaluate(rules, n);
    }
    CHECK(alerts_json(rules) == R"({"alerts":[)" + alert("firing", "85.5", "8.55e+01") + "]}");
    const std::string all = rules_json(rules, RuleKinds::kAll);
    INFO(all);
    for (const std::string& part :
         {std::string(R"("state":"firing","name":"Filling","query":"used")"),
          R"("alerts":[)" + alert("firing", "85.5", "8.55e+01") + R"(],"health":"ok")",
          std::string(R"("name":"doubled","query":"used * 2")"),
          std::string(R"("type":"recording")"),
          std::string(R"("limit":0,"lastEvaluation":"2027-01-15T08:03:00.000Z")")}) {
        CHECK(all.find(part) != std::string::npos);
    }
    const std::string alerting = rules_json(rules, RuleKinds::kAlert);
    CHECK(alerting.find(R"("name":"Filling")") != std::string::npos);
    CHECK(alerting.find("doubled") == std::string::npos);
    const std::string recording = rules_json(rules, RuleKinds::kRecord);
    CHECK(recording.find(R"("name":"doubled")") != std::string::npos);
    CHECK(recording.find("Filling") == std::string::npos);
    CHECK(rules_json(world.make({file_of("groups: [{name: g, rules: [{record: r, expr: used}]}]")}),
                     RuleKinds::kAlert)
              .find(R"("name":"g","file":)") != std::string::npos);
}
