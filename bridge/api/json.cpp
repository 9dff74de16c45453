#include "bridge/api/json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/api/facts_json.h"
#include "bridge/api/json_values.h"
#include "bridge/api/knowledge_json.h"
#include "bridge/api/sla_json.h"
#include "bridge/incident/title.h"
#include "bridge/oncall/ladder.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

template <class Map>
json::object map_object(const Map& map) {
    json::object out;
    for (const auto& [name, value] : map) out[name] = value;
    return out;
}

json::array texts(const std::vector<std::string>& all) {
    return json::array(all.begin(), all.end());
}

json::value suppressor_or_null(const std::optional<Suppressor>& by) {
    if (!by) return nullptr;
    json::object out;
    out["kind"] = to_string(by->kind);
    out["id"] = by->id;
    out["name"] = by->name;
    out["since"] = format_rfc3339(by->since);
    out["until"] = time_or_null(by->until);
    return out;
}

json::object counts_object(const IncidentSummary& row) {
    json::object out;
    out["firing"] = row.firing;
    out["resolved"] = row.resolved;
    out["unknown"] = row.unknown;
    return out;
}

json::value storm_or_null(const Incident& i) {
    if (!i.is_parent()) return nullptr;
    json::object out;
    out["group"] = i.storm_group;
    out["hosts"] = i.hosts;
    out["incidents"] = i.children;
    out["open"] = i.children_open;
    return out;
}

json::object incident_object(const IncidentSummary& row, std::string_view url) {
    const Incident& i = row.incident;
    json::object out;
    out["key"] = i.key;
    out["state"] = to_string(i.state);
    out["priority"] = to_string(i.priority);
    out["severity"] = i.severity;
    out["title"] = i.title;
    out["title_words"] = map_object(title_words(i));
    out["dedup_key"] = i.dedup_key;
    out["labels"] = labels_object(i.labels);
    out["opened_at"] = format_rfc3339(i.opened_at);
    out["updated_at"] = format_rfc3339(i.updated_at);
    out["assignee"] = text_or_null(i.assignee);
    out["team"] = text_or_null(i.team);
    out["alerts"] = counts_object(row);
    out["parent"] = text_or_null(i.parent);
    out["absorbed"] = i.absorbed;
    out["observed"] = i.observed;
    out["kind"] = to_string(i.kind);
    out["storm"] = storm_or_null(i);
    out["suppressed"] = suppressor_or_null(i.suppressed);
    out["acknowledged_at"] = time_or_null(i.acknowledged_at);
    out["resolved_at"] = time_or_null(i.resolved_at);
    out["flapping"] = i.flapping_since.has_value();
    out["flapping_since"] = time_or_null(i.flapping_since);
    out["snoozed_until"] = time_or_null(i.snoozed_until);
    out["pending_until"] = time_or_null(i.pending_until);
    put_brief_facts(out, i.facts);
    out["url"] = std::string(url) + "/incidents/" + i.key;
    return out;
}

json::object alert_object(const AlertRecord& alert) {
    json::object out;
    out["fingerprint"] = alert.fingerprint;
    const bool held = alert.suppressor && alert.status == AlertStatus::kFiring;
    out["status"] = held ? std::string_view("suppressed") : to_string(alert.status);
    out["suppressed_by"] = suppressor_or_null(alert.suppressor);
    out["severity"] = alert.severity;
    out["labels"] = labels_object(alert.labels);
    out["annotations"] = map_object(alert.annotations);
    out["starts_at"] = format_rfc3339(alert.starts_at);
    out["ends_at"] = time_or_null(alert.ends_at);
    out["last_seen"] = format_rfc3339(alert.last_seen);
    out["source"] = alert.source;
    out["generator_url"] = alert.generator_url;
    return out;
}

json::object entry_object(const TimelineRow& row) {
    json::object out;
    out["id"] = row.id;
    out["at"] = format_rfc3339(row.entry.at);
    out["kind"] = row.entry.kind;
    out["actor"] = row.entry.actor;
    out["text"] = row.entry.text;
    out["data"] = map_object(row.entry.data);
    return out;
}

// Which step the ladder's timer will bring; null where none is set.
void put_next_step(json::object& out, const IncidentDetail& detail, const Oncall& oncall) {
    const Incident& i = detail.summary.incident;
    const Policy* policy = oncall.policy(i.policy);
    out["steps"] = policy == nullptr ? 0 : policy->response.size();
    out["next_at"] = out["next_step"] = out["next_repeat"] = nullptr;
    for (const TimerRow& timer : detail.timers) {
        if (timer.kind != TimerKind::kEscalation) continue;
        const NextStep next = next_after(oncall, policy, i.step, i.repeats, i.priority, timer.due,
                                         i.next_asked ? AskedNext::kYes : AskedNext::kNo);
        out["next_at"] = format_rfc3339(timer.due);
        out["next_step"] = next.step;
        out["next_repeat"] = next.repeat;
    }
}

json::object escalation_object(const IncidentDetail& detail, const Oncall& oncall) {
    const Incident& i = detail.summary.incident;
    json::object out;
    out["policy"] = text_or_null(i.policy);
    out["step"] = i.step;
    out["repeats"] = i.repeats;
    out["told"] = texts(i.told);
    out["watchers"] = texts(i.watchers);
    put_next_step(out, detail, oncall);
    json::array timers;
    for (const TimerRow& timer : detail.timers) {
        json::object item;
        item["kind"] = to_string(timer.kind);
        item["due_at"] = format_rfc3339(timer.due);
        timers.push_back(std::move(item));
    }
    out["timers"] = std::move(timers);
    json::array messages;
    for (const EffectRow& row : detail.effects) messages.push_back(message_object(row));
    out["messages"] = std::move(messages);
    return out;
}

// Runbooks and dashboards that the alerts name, each once.
json::array links_array(const IncidentDetail& detail, std::string_view base) {
    json::array out;
    const auto add = [&](std::string_view title, std::string_view url) {
        if (url.empty()) return;
        for (const json::value& link : out) {
            if (link.at("url").as_string() == url) return;
        }
        json::object link;
        link["title"] = title;
        link["url"] = url;
        out.push_back(std::move(link));
    };
    for (const AlertRecord& alert : detail.alerts) {
        for (const auto& [name, title] :
             {std::pair{"runbook_url", "runbook"}, std::pair{"runbook", "runbook"},
              std::pair{"dashboard_url", "dashboard"}}) {
            add(title, link_in(alert, name, base));
        }
    }
    add_links(out, detail.summary.incident.facts, base);
    return out;
}

// What whoever acted may want next. Resolved by hand while alerts fire it would open again
// (semantics 3): a silence until they have cleared keeps it so.
json::array offers_of(const Incident& incident) {
    json::array out;
    const int firing = incident.count(AlertStatus::kFiring);
    const bool reopens = incident.state == State::kResolved && incident.resolved_by_hand &&
                         firing > 0 && !incident.suppressed;
    if (!reopens) return out;
    json::object silence;
    silence["action"] = "silence";
    silence["until"] = "clear";
    silence["firing"] = firing;
    silence["method"] = "POST";
    silence["path"] = "/api/v1/incidents/" + incident.key + "/silence";
    out.push_back(std::move(silence));
    return out;
}

std::string_view host_state(const HostRecord& host) {
    if (host.unreachable_since) return "unreachable";
    if (host.goodbye_at) return "stopped";
    return "alive";
}

json::object host_object(const HostRow& row) {
    const HostRecord& h = row.record;
    json::object out;
    out["host"] = h.host;
    out["state"] = host_state(h);
    out["labels"] = labels_object(h.labels);
    out["boot_id"] = h.boot_id;
    out["first_seen"] = format_rfc3339(row.first_seen);
    out["last_seen"] = format_rfc3339(h.last_heartbeat);
    out["agent_started_at"] = time_or_null(h.agent_started_at);
    out["goodbye_at"] = time_or_null(h.goodbye_at);
    out["unreachable_since"] = time_or_null(h.unreachable_since);
    out["duplicate"] = h.duplicate_seen_at.has_value();
    boost::system::error_code problem;
    json::value inventory = json::parse(row.inventory, problem);
    out["inventory"] = problem ? json::value(json::object()) : std::move(inventory);
    return out;
}

}  // namespace

std::string incident_json(const IncidentSummary& row, std::string_view url) {
    return json::serialize(incident_object(row, url));
}

std::string acted_json(const Incident& incident, std::string_view url, std::string_view result) {
    json::object out = incident_object(summary_of(incident), url);
    out["result"] = result;
    json::array actions;
    for (const ActionKind kind : possible_actions(incident))
        actions.push_back(json::string(to_string(kind)));
    out["actions"] = std::move(actions);
    out["offers"] = offers_of(incident);
    return json::serialize(out);
}

std::string page_json(const IncidentPage& page, std::string_view url) {
    json::array rows;
    for (const IncidentSummary& row : page.incidents) rows.push_back(incident_object(row, url));
    json::object out;
    out["incidents"] = std::move(rows);
    out["next"] =
        page.next == 0 ? json::value(nullptr) : json::value(std::to_string(page.next).c_str());
    return json::serialize(out);
}

std::string detail_json(const IncidentDetail& detail, std::string_view url, const Oncall& oncall) {
    const Incident& i = detail.summary.incident;
    json::object out = incident_object(detail.summary, url);
    out["alert_counts"] = counts_object(detail.summary);
    json::array alerts;
    for (const AlertRecord& alert : detail.alerts) alerts.push_back(alert_object(alert));
    out["alerts"] = std::move(alerts);
    json::array timeline;
    for (const TimelineRow& row : detail.timeline) timeline.push_back(entry_object(row));
    out["timeline"] = std::move(timeline);
    out["route"] = i.route;
    out["acknowledged_by"] = text_or_null(i.acknowledged_by);
    out["responded_at"] = time_or_null(i.responded_at);
    out["resolved_by"] = text_or_null(i.resolved_by);
    out["confirmed_at"] = time_or_null(i.confirmed_at);
    out["confirmed_by"] = text_or_null(i.confirmed_by);
    out["closed_at"] = time_or_null(i.closed_at);
    out["pending_reason"] = text_or_null(i.pending_reason);
    out["pending_cause"] = text_or_null(i.pending_cause);
    out["service"] = text_or_null(i.service);
    out["reopen_count"] = i.reopen_count;
    out["predecessor"] = text_or_null(i.predecessor);
    out["successor"] = text_or_null(i.successor);
    // What can be done depends on the alerts too.
    Incident whole = i;
    whole.alerts = detail.alerts;
    json::array actions;
    for (const ActionKind kind : possible_actions(whole))
        actions.push_back(json::string(to_string(kind)));
    out["actions"] = std::move(actions);
    json::array children;
    for (const IncidentSummary& child : detail.children) {
        children.push_back(incident_object(child, url));
    }
    out["children"] = std::move(children);
    out["escalation"] = escalation_object(detail, oncall);
    put_facts(out, i.facts);
    out["sla"] = sla_json(i);
    out["evidence"] = json::array();
    out["links"] = links_array(detail, url);
    put_background(out, detail.background, url);
    return json::serialize(out);
}

std::string suppressed_json(const AlertsView& view) {
    json::array alerts;
    const auto add = [&](const AlertRecord& alert, const std::string& key) {
        if (!alert.suppressor) return;
        json::object item = alert_object(alert);
        item["incident"] = text_or_null(key);
        alerts.push_back(std::move(item));
    };
    for (const auto& [alert, summary] : view.alerts) add(alert, summary.incident.key);
    for (const AlertRecord& alert : view.held) add(alert, "");
    json::object out;
    out["alerts"] = std::move(alerts);
    return json::serialize(out);
}

std::string heartbeat_json(Duration every) {
    constexpr std::int64_t kMsInSecond = 1000;
    const std::int64_t ms = every.count();
    json::object out;
    if (ms % kMsInSecond == 0) {
        out["interval"] = ms / kMsInSecond;
    } else {
        out["interval"] = static_cast<double>(ms) / kMsInSecond;
    }
    return json::serialize(out);
}

std::string host_json(const HostRow& row) {
    return json::serialize(host_object(row));
}

std::string hosts_json(const std::vector<HostRow>& rows) {
    json::array hosts;
    for (const HostRow& row : rows) hosts.push_back(host_object(row));
    json::object out;
    out["hosts"] = std::move(hosts);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
