// What Alertmanager's clients are shown of what is held back, and under whose name.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/api/alertmanager.h"

using namespace tocsin;
using namespace tocsin::bridge;
namespace json = boost::json;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'795'000'000'000);

// Team dba has a policy, and owns the service that is host db-1.
BridgeConfig shop_config() {
    BridgeConfig config = default_config();
    Policy policy;
    policy.name = "db";
    config.oncall.policies = {policy};
    Team team;
    team.name = "dba";
    team.policy = "db";
    config.oncall.teams = {team};
    Service service;
    service.name = "shop";
    service.owner = "dba";
    service.match = {parse_matcher("host=\"db-1\"").value()};
    config.priorities.services = {service};
    return config;
}

AlertRecord held_alert(const std::string& host, Suppressor by) {
    AlertRecord alert;
    alert.identity = host + "/disk";
    alert.labels = {{"alertname", "DiskFull"}, {"host", host}, {"severity", "warning"}};
    alert.severity = "warning";
    alert.levels["warning"] = {fingerprint(alert.labels), kNow, {}};
    alert.suppressor = std::move(by);
    return alert;
}

json::value alerts_of(const AlertsView& view, const BridgeConfig& config,
                      const AlertFilter& filter = {}) {
    return json::parse(gettable_alerts(view, config, filter, kNow));
}

}  // namespace

TEST_CASE("an alert's receiver is the policy that would tell of it, the team's or the owner's") {
    const BridgeConfig config = shop_config();
    AlertsView view;
    const Suppressor by{SuppressorKind::kOpenWhen, "disk", "disk for 2m", kNow, kNow + 2min};
    view.held = {held_alert("db-1", by)};
    CHECK(alerts_of(view, config).at_pointer("/0/receivers/0/name") == "db");
    const json::value groups = json::parse(alert_groups(view, config, {}, kNow));
    CHECK(groups.at_pointer("/0/receiver/name") == "db");
    view.held = {held_alert("web-1", by)};
    CHECK(alerts_of(view, config).at_pointer("/0/receivers/0/name") == "page");

    BridgeConfig by_team = config;
    by_team.routes.back().team = "dba";
    CHECK(alerts_of(view, by_team).at_pointer("/0/receivers/0/name") == "db");
    const json::value status = json::parse(status_json(by_team, "1", kNow));
    CHECK(status.at_pointer("/config/original")
              .as_string()
              .starts_with("route:\n  receiver: \"db\"\n"));
}

// Alertmanager's openapi.yaml: silencedBy are ids of silences, inhibitedBy fingerprints of alerts.
TEST_CASE("silencedBy holds silences alone, inhibitedBy fingerprints, the state says the rest") {
    const BridgeConfig config = default_config();
    Silence silence;
    silence.id = "6f1c";
    silence.matchers = {parse_matcher("host=\"web-1\"").value()};
    silence.starts_at = kNow - 1h;
    silence.ends_at = kNow + 1h;
    Silence window = silence;
    window.id = "w";
    window.kind = SuppressorKind::kMaintenance;
    InhibitSource source;
    source.identity = "web-1/down";
    source.labels = {{"alertname", "HostDown"}, {"host", "web-1"}};

    struct Case {
        SuppressorKind kind;
        std::string id;
        std::vector<Silence> silences;
        std::string silenced;
        std::string inhibited;
    };
    const std::string down = "[\"" + fingerprint(source.labels) + "\"]";
    for (const Case& c : {
             Case{SuppressorKind::kSilence, "6f1c", {silence}, R"(["6f1c"])", "[]"},
             Case{SuppressorKind::kMaintenance, "w", {window}, "[]", "[]"},
             Case{SuppressorKind::kMaintenance, "w", {silence, window}, R"(["6f1c"])", "[]"},
             Case{SuppressorKind::kOpenWhen, "alertname=\"DiskFull\"", {}, "[]", "[]"},
             Case{SuppressorKind::kInhibit, "web-1/down", {}, "[]", down},
             Case{SuppressorKind::kInhibit, "of which nothing is known", {}, "[]", "[]"},
         }) {
        INFO(to_string(c.kind) << " " << c.id);
        AlertsView view;
        view.held = {held_alert("web-1", {c.kind, c.id, "", kNow, kNow + 1h})};
        view.silences = c.silences;
        view.sources = {source};
        const json::value shown = alerts_of(view, config);
        CHECK(shown.at_pointer("/0/status/state") == "suppressed");
        CHECK(json::serialize(shown.at_pointer("/0/status/silencedBy")) == c.silenced);
        CHECK(json::serialize(shown.at_pointer("/0/status/inhibitedBy")) == c.inhibited);
        // Alertmanager's filters: `active` goes by the state, the others by the lists.
        AlertFilter filter;
        filter.active = false;
        CHECK(alerts_of(view, config, filter).as_array().size() == 1);
        filter.silenced = false;
        CHECK(alerts_of(view, config, filter).as_array().size() == (c.silenced == "[]" ? 1 : 0));
        // What amtool asks for unless it is told otherwise: what nothing holds back.
        filter = {};
        filter.silenced = filter.inhibited = false;
        CHECK(alerts_of(view, config, filter).as_array().empty());
    }
    AlertsView view;
    view.held = {held_alert("web-1", {})};
    view.held[0].suppressor.reset();
    CHECK(alerts_of(view, config).at_pointer("/0/status/state") == "active");
}
