#include "bridge/api/api.h"

#include <utility>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "bridge/api/alertmanager.h"
#include "bridge/api/alertmanager_words.h"
#include "bridge/api/choices.h"
#include "bridge/api/json.h"
#include "bridge/api/knowledge_api.h"
#include "bridge/api/oncall_api.h"
#include "bridge/api/page.h"
#include "bridge/api/reporter_view.h"
#include "bridge/api/requests.h"
#include "bridge/api/suppression_api.h"
#include "bridge/api/why_api.h"
#include "bridge/ingest/host_report.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

// Beyond this reading the lists anew is the cheaper way to catch up.
constexpr int kMostReplayed = 1000;

constexpr const char* kLinkPattern = "/l/{key}/{action}/{expires}/{person}/{signature}";

// When it was sent by the sender's own clock, so that its times can be corrected.
std::optional<Timestamp> sent_at(const net::Request& request) {
    const std::string_view text = request.headers.get(kHeaderSentAt);
    if (text.empty()) return std::nullopt;
    const auto parsed = parse_rfc3339(text);
    if (!parsed) return std::nullopt;
    return parsed.value();
}

}  // namespace

Api::Api(ApiParts parts, std::shared_ptr<const BridgeConfig> config, AccessControl access,
         Secret link_key)
    : parts_(parts),
      config_(std::move(config)),
      link_key_(std::move(link_key)),
      started_(parts.clock.now()),
      events_(parts.loop,
              [this](std::int64_t after, std::function<void(EventBroker::Missed)> done) {
                  replay(after, std::move(done));
              }),
      router_(table(), std::move(access)) {
    router_.set_fallback(page_response);
    router_.set_language(config_->language);
    router_.on_answer([this](std::string_view pattern, int status) {
        parts_.metrics.count_answer(pattern, status);
    });
}

std::vector<Endpoint> Api::table() {
    using enum Access;
    constexpr auto kAm = ErrorStyle::kAlertmanager;
    constexpr auto kOurs = ErrorStyle::kTocsin;
    const auto to = [this](void (Api::*member)(Call)) {
        return [this, member](Call call) { (this->*member)(std::move(call)); };
    };
    std::vector<Endpoint> all = {
        {"POST", "/api/v2/alerts", kAlerts, kAm, to(&Api::post_alerts)},
        {"GET", "/api/v2/alerts", kView, kAm, to(&Api::get_alerts)},
        {"GET", "/api/v2/alerts/groups", kView, kAm, to(&Api::get_groups)},
        {"GET", "/api/v2/status", kView, kAm,
         [this](const Call& call) {
             call.answer(net::Response::json(200, status_json(*config_, kVersion, started_)));
         }},
        {"GET", "/api/v2/receivers", kView, kAm,
         [this](const Call& call) {
             call.answer(net::Response::json(200, receivers_json(*config_)));
         }},
        {"POST", "/api/v1/webhook/alertmanager", kAlerts, kOurs, to(&Api::post_webhook)},
        {"POST", "/api/v1/heartbeat", kAlerts, kOurs, to(&Api::post_heartbeat)},
        {"GET", "/api/v1/incidents", kView, kOurs, to(&Api::get_incidents)},
        {"GET", "/api/v1/incidents/{key}", kViewOwn, kOurs, to(&Api::get_incident)},
        {"POST", "/api/v1/incidents", kReport, kOurs, to(&Api::post_report)},
        {"POST", "/api/v1/incidents/bulk", kRespond, kOurs, to(&Api::act_in_bulk)},
        {"GET", "/api/v1/hosts", kView, kOurs, to(&Api::get_hosts)},
        {"POST", "/api/v1/hosts/{host}/retire", kRespond, kOurs,
         [this](Call call) { move_host(std::move(call), HostIn::Move::kRetire); }},
        {"POST", "/api/v1/hosts/{host}/rename", kRespond, kOurs,
         [this](Call call) { move_host(std::move(call), HostIn::Move::kRename); }},
        {"GET", "/api/v1/blips", kView, kOurs, to(&Api::get_blips)},
        {"GET", "/api/v1/reports/observe", kView, kOurs, to(&Api::get_observed)},
        {"GET", "/api/v1/expected", kView, kOurs, to(&Api::get_expected)},
        {"GET", "/api/v1/choices", kView, kOurs,
         [this](const Call& call) {
             call.answer(net::Response::json(200, choices_json(*config_, call.caller)));
         }},
        {"GET", "/api/v1/events", kView, kOurs, to(&Api::get_events)},
        {"GET", "/-/healthy", kPublic, kOurs,
         [](const Call& call) { call.answer(net::Response::text(200, "ok\n")); }},
        {"GET", "/-/ready", kPublic, kOurs, to(&Api::get_ready)},
        {"GET", "/metrics", kView, kOurs, to(&Api::get_metrics)},
        {"GET", "/api/v1/effects", kView, kOurs, to(&Api::get_effects)},
        {"POST", "/api/v1/effects/{id}/retry", kRespond, kOurs, to(&Api::retry_effect)},
        {"GET", kLinkPattern, kPublic, kOurs, to(&Api::get_link)},
        {"POST", kLinkPattern, kPublic, kOurs, to(&Api::post_link), BodyKind::kForm},
    };
    for (Endpoint& one : suppression_endpoints(parts_)) {
        all.push_back(std::move(one));
    }
    for (const ActionKind kind : kActionKinds) {
        // What a reporter may do with what they reported; decide() looks whose it is.
        const bool reporters = kind == ActionKind::kConfirm || kind == ActionKind::kRate ||
                               kind == ActionKind::kReopen || kind == ActionKind::kNote;
        all.push_back({"POST", "/api/v1/incidents/{key}/" + std::string(to_string(kind)),
                       reporters ? kReport : kRespond, kOurs,
                       [this, kind](Call call) { act(std::move(call), kind); }});
    }
    for (Endpoint& route : why_routes(parts_, config_)) all.push_back(std::move(route));
    for (Endpoint& route : knowledge_routes(parts_, config_)) all.push_back(std::move(route));
    for (Endpoint& route : oncall_routes(parts_, config_, link_key_))
        all.push_back(std::move(route));
    return all;
}

void Api::handle(net::Request request, net::Reply reply) {
    router_.dispatch(std::move(request), std::move(reply));
}

void Api::configure(std::shared_ptr<const BridgeConfig> config, AccessControl access,
                    Secret link_key) {
    config_ = std::move(config);
    link_key_ = std::move(link_key);
    router_.set_access(std::move(access));
    router_.set_language(config_->language);
}

void Api::close() {
    events_.close_all();
}

void Api::publish(const Committed& committed) {
    if (events_.listeners() == 0) return;
    for (const HostRow& host : committed.hosts) events_.publish({0, "host", host_json(host)});
    // Only the last event of a commit moves the listeners' place: one that is cut off in between
    // is told all of the commit again.
    for (std::size_t i = 0; i < committed.incidents.size(); ++i) {
        const bool last = i + 1 == committed.incidents.size();
        events_.publish({last ? committed.newest_entry : 0, "incident",
                         incident_json(summary_of(committed.incidents[i]), config_->url)});
    }
}

void Api::replay(std::int64_t after, std::function<void(EventBroker::Missed)> done) {
    parts_.reader.ask<std::vector<IncidentSummary>>(
        [after](Queries& q) { return q.changed_since(after, kMostReplayed + 1); },
        [this, done = std::move(done)](Result<std::vector<IncidentSummary>> rows) {
            if (!rows) {
                net::log_error("what a listener missed cannot be read",
                               {{"reason", rows.error().message}});
            }
            if (!rows || rows.value().size() > static_cast<std::size_t>(kMostReplayed)) {
                done(std::nullopt);
                return;
            }
            std::vector<LiveEvent> out;
            for (const IncidentSummary& row : rows.value()) {
                out.push_back({row.last_entry, "incident", incident_json(row, config_->url)});
            }
            done(std::move(out));
        });
}

// A 400 or 422 that names those that are not taken means, as much as a 200 does, that the others
// are committed.
void Api::post_alerts(Call call) {
    if (trim(call.request.body).empty()) {
        call.answer(required_in_body("alerts"));
        return;
    }
    AlertsIn in;
    in.sent_at = sent_at(call.request);
    const Timestamp now = in.sent_at.value_or(parts_.clock.now());
    auto posted = read_posted_alerts(call.request.body, now + kResolveTimeout);
    if (!posted) {
        const bool unreadable = posted.error().code == ErrorCode::kInvalid;
        call.answer(unreadable ? unreadable_body("alerts", posted.error().message)
                               : error_response(call.errors, posted.error()));
        return;
    }
    net::Response said = posted.value().faults.empty() ? net::Response::json(200, "")
                                                       : refused_alerts(posted.value());
    in.alerts = std::move(posted.value().batch.alerts);
    in.source = call.caller.name.empty() ? "local" : call.caller.name;
    submit_alerts(call, std::move(in), std::move(said));
}

void Api::submit_alerts(const Call& call, AlertsIn in, net::Response said) {
    if (in.alerts.empty()) {
        call.answer(std::move(said));
        return;
    }
    parts_.worker.submit(std::move(in), [call, said = std::move(said)](const Result<Answer>& done) {
        if (done) {
            call.answer(said);
        } else {
            call.refuse(done.error());
        }
    });
}

void Api::get_alerts(Call call) {
    auto filter = parse_alert_filter(call.request);
    if (!filter) {
        call.refuse(filter.error());
        return;
    }
    const Timestamp now = parts_.clock.now();
    parts_.reader.ask<AlertsView>(
        [now](Queries& q) { return read_alerts(q, now); },
        [call, filter = std::move(filter).value(), now,
         config = config_](const Result<AlertsView>& alerts) {
            if (!alerts) {
                call.refuse(alerts.error());
                return;
            }
            call.answer(
                net::Response::json(200, gettable_alerts(alerts.value(), *config, filter, now)));
        });
}

void Api::get_groups(Call call) {
    auto filter = parse_alert_filter(call.request);
    if (!filter) {
        call.refuse(filter.error());
        return;
    }
    const Timestamp now = parts_.clock.now();
    parts_.reader.ask<AlertsView>([now](Queries& q) { return read_alerts(q, now); },
                                  [call, filter = std::move(filter).value(), now,
                                   config = config_](const Result<AlertsView>& alerts) {
                                      if (!alerts) {
                                          call.refuse(alerts.error());
                                          return;
                                      }
                                      call.answer(net::Response::json(
                                          200, alert_groups(alerts.value(), *config, filter, now)));
                                  });
}

void Api::post_heartbeat(Call call) {
    auto report = parse_host_report(call.request.body);
    if (!report) {
        call.refuse(report.error());
        return;
    }
    parts_.worker.submit(HeartbeatIn{std::move(report).value()},
                         [call, every = config_->hosts.heartbeat](const Result<Answer>& answer) {
                             if (!answer) {
                                 call.refuse(answer.error());
                                 return;
                             }
                             call.answer(net::Response::json(200, heartbeat_json(every)));
                         });
}

void Api::get_incidents(Call call) {
    auto filter = parse_incident_filter(call.request);
    if (!filter) {
        call.refuse(filter.error());
        return;
    }
    parts_.reader.ask<IncidentPage>(
        [filter = std::move(filter).value()](Queries& q) { return q.incidents(filter); },
        [call, config = config_](Result<IncidentPage> page) {
            if (!page) {
                call.refuse(page.error());
                return;
            }
            call.answer(net::Response::json(200, page_json(page.value(), config->url)));
        });
}

void Api::get_incident(Call call) {
    std::string key = call.path.at("key");
    parts_.reader.ask<IncidentDetail>(
        [key = std::move(key)](Queries& q) { return q.incident(key); },
        [call, config = config_](Result<IncidentDetail> detail) {
            if (!detail) {
                call.refuse(detail.error());
                return;
            }
            if (call.caller.role == Role::kReporter) {
                if (!detail.value().summary.incident.facts.reported_by(call.caller.name)) {
                    call.forbid("a reporter reads what they reported themselves");
                    return;
                }
                keep_public(detail.value());
            }
            call.answer(
                net::Response::json(200, detail_json(detail.value(), config->url, config->oncall)));
        });
}

void Api::get_hosts(Call call) {
    parts_.reader.ask<std::vector<HostRow>>(
        [](Queries& q) { return q.hosts(); },
        [call](Result<std::vector<HostRow>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            call.answer(net::Response::json(200, hosts_json(rows.value())));
        });
}

void Api::get_events(Call call) {
    std::string_view text = call.request.headers.get("Last-Event-ID");
    if (text.empty()) text = call.request.param("last_event_id");
    std::int64_t after = -1;
    if (!text.empty()) {
        const auto number = parse_int(text);
        if (!number || *number < 0) {
            call.refuse(Error(ErrorCode::kInvalid, "Last-Event-ID must be an id of this stream"));
            return;
        }
        after = *number;
    }
    net::Response head;
    head.headers.set("Content-Type", "text/event-stream");
    head.headers.set("Cache-Control", "no-store");
    head.headers.set("X-Content-Type-Options", "nosniff");
    head.headers.set("X-Accel-Buffering", "no");  // nginx would hold the stream back
    events_.add(call.reply.stream(std::move(head)), after);
    parts_.metrics.count_answer(call.pattern, 200);
}

void Api::get_ready(Call call) {
    if (parts_.worker.healthy()) {
        call.answer(net::Response::text(200, "ready\n"));
    } else {
        call.answer(net::Response::text(503, "the store does not take writes\n"));
    }
}

void Api::get_metrics(Call call) {
    struct Counts {
        std::map<std::string, std::int64_t> incidents;
        std::map<std::string, std::int64_t> effects;
    };
    parts_.reader.ask<Counts>(
        [](Queries& q) -> Result<Counts> {
            Counts out;
            TOCSIN_TRY(out.incidents, q.count_incidents());
            TOCSIN_TRY(out.effects, q.count_effects());
            return out;
        },
        [this, call](const Result<Counts>& counts) {
            std::vector<Metrics::Reading> more;
            more.push_back({"tocsin_bridge_webhook_truncated_alerts_total",
                            "Alerts that an Alertmanager left out of its webhooks.",
                            true,
                            {},
                            static_cast<double>(truncated_)});
            if (counts) {
                for (const auto& [state, n] : counts.value().incidents) {
                    more.push_back({"tocsin_bridge_incidents",
                                    "Incidents, by state.",
                                    false,
                                    {{"state", state}},
                                    static_cast<double>(n)});
                }
                for (const auto& [state, n] : counts.value().effects) {
                    more.push_back({"tocsin_bridge_messages",
                                    "Messages, by state.",
                                    false,
                                    {{"state", state}},
                                    static_cast<double>(n)});
                }
            }
            net::Response response = net::Response::text(200, parts_.metrics.text(more));
            response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            call.answer(std::move(response));
        });
}

}  // namespace tocsin::bridge
