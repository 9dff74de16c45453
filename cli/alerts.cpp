#include "cli/alerts.h"

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

std::string by_filters(std::string path, const std::vector<std::string>& filters) {
    for (const std::string& filter : filters) {
        path += (path.find('?') == std::string::npos ? "?filter=" : "&filter=") +
                net::percent_encode(filter);
    }
    return path;
}

Cell state_of(const json::value& alert) {
    const auto state = text_of(member_of(alert, "status"), "state");
    return {state, state == "active" ? Tint::kRed : Tint::kDim};
}

void add_alert(Table& table, const Session& session, const json::value& alert) {
    table.row({{label_of(alert, "alertname")},
               {label_of(alert, "severity")},
               {label_of(alert, "host")},
               state_of(alert),
               {age_of(session, alert, "startsAt")},
               {text_of(member_of(alert, "annotations"), "summary")}});
}

int list_alerts(const Session& session, const std::vector<std::string>& filters) {
    return show_list(
        session, {.path = by_filters("/api/v2/alerts", filters),
                  .list = "",
                  .head = {"ALERT", "SEVERITY", "HOST", "STATE", "SINCE", "SUMMARY"},
                  .add = [&](Table& table, const auto& alert) { add_alert(table, session, alert); },
                  .none = "No alert matches."});
}

int list_groups(const Session& session, const std::vector<std::string>& filters) {
    return show_list(session,
                     {.path = by_filters("/api/v2/alerts/groups", filters),
                      .list = "",
                      .head = {"GROUP", "RECEIVER", "ALERTS"},
                      .add =
                          [](Table& table, const auto& group) {
                              table.row({{labels_text(group)},
                                         {text_of(member_of(group, "receiver"), "name")},
                                         {std::to_string(list_of(group, "alerts").size())}});
                          },
                      .none = "No alert matches."});
}

int list_receivers(const Session& session) {
    return show_list(session,
                     {.path = "/api/v2/receivers",
                      .list = "",
                      .head = {"RECEIVER"},
                      .add = [](Table& table,
                                const auto& receiver) { table.row({{text_of(receiver, "name")}}); },
                      .none = "There is no escalation policy; see policies in bridge.yml."});
}

struct Sent {
    std::vector<std::string> labels;
    std::vector<std::string> annotations;
    std::string lasts;
    std::string url;
    bool resolved = false;
};

// Of each NAME=VALUE a member; none when one is not of this form.
std::optional<json::object> pairs_of(const std::vector<std::string>& texts) {
    json::object out;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) return std::nullopt;
        out[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return out;
}

int send_alert(const Session& session, const Sent& sent) {
    const auto labels = pairs_of(sent.labels);
    const auto annotations = pairs_of(sent.annotations);
    if (!labels || !annotations) {
        *session.err << "tocsin: labels and annotations are NAME=VALUE, like host=web-1\n";
        return kUsage;
    }
    json::object alert{{"labels", *labels}, {"annotations", *annotations}};
    if (!sent.url.empty()) alert["generatorURL"] = sent.url;
    if (sent.resolved) alert["endsAt"] = format_rfc3339(session.now);
    if (!sent.lasts.empty()) {
        const auto lasts = parse_duration(sent.lasts);
        if (!lasts) {
            *session.err << "tocsin: --for: " << lasts.error().message << "\n";
            return kUsage;
        }
        alert["endsAt"] = format_rfc3339(session.now + lasts.value());
    }
    json::array body;
    body.push_back(std::move(alert));
    const auto answer =
        call(session, "POST", session.bridge + "/api/v2/alerts", json::serialize(body));
    return answer ? kDone : fail(session, answer.error());
}

int show_status(const Session& session) {
    const auto answer = call(session, "GET", session.bridge + "/api/v2/status", "");
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    // Not "versionInfo": that is for Alertmanager's clients.
    *session.out << "version  " << text_of(member_of(answer.value(), "tocsin"), "version")
                 << "\nup for   " << age_of(session, answer.value(), "uptime") << "\n";
    return kDone;
}

}  // namespace

void add_alerts(CLI::App& app, Session& session, std::function<int()>& action) {
    const auto filters = std::make_shared<std::vector<std::string>>();
    auto* alerts = app.add_subcommand("alerts", "What fires, as Alertmanager would list it");
    alerts->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto list) {
        auto* command = alerts->add_subcommand(name, what);
        command->add_option("MATCHER", *filters, "Only alerts that match: host=web-1");
        command->callback([&session, &action, filters, list] {
            action = [&session, filters, list] { return list(session, *filters); };
        });
    };
    add("list", "Alerts, those that are held back too", list_alerts);
    add("groups", "Alerts by what makes them one incident", list_groups);
    const auto sent = std::make_shared<Sent>();
    auto* send = alerts->add_subcommand("send", "Send an alert, as a script does");
    send->add_option("LABEL", sent->labels, "alertname=BackupFailed host=db-1 severity=critical")
        ->required();
    send->add_option("--annotation", sent->annotations, "summary=\"No backup tonight\" (repeat)")
        ->allow_extra_args(false);
    send->add_option("--url", sent->url, "Where it comes from");
    auto* lasts = send->add_option("--for", sent->lasts, "It is known to fire for so long: 1h");
    send->add_flag("--resolved", sent->resolved, "It has ended")->excludes(lasts);
    send->callback([&session, &action, sent] {
        action = [&session, sent] { return send_alert(session, *sent); };
    });
    auto* receivers = alerts->add_subcommand("receivers", "The escalation policies");
    receivers->callback(
        [&session, &action] { action = [&session] { return list_receivers(session); }; });
    auto* status = app.add_subcommand("status", "The bridge's version, and since when it runs");
    status->callback([&session, &action] { action = [&session] { return show_status(session); }; });
}

}  // namespace tocsin::cli
