#include "bridge/api/why_api.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/json_values.h"
#include "bridge/api/language.h"
#include "bridge/ingest/json_object.h"
#include "bridge/notify/why_text.h"
#include "bridge/why/why.h"
#include "bridge/why/why_not.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

using Config = std::shared_ptr<const BridgeConfig>;

constexpr int kMostKnown = 20;
constexpr int kMostBlips = 3;
constexpr std::size_t kMostLabels = 64;

Error bad(std::string message) {
    return {ErrorCode::kInvalid, std::move(message), Retry::kNo};
}

Result<std::string> language_of(const Call& call) {
    const std::string_view asked = call.request.param("lang");
    if (asked.empty()) return std::string(call.language);
    const std::string_view known = page_language(asked, "");
    if (known.empty()) return bad("parameter lang: must be en or zh-CN");
    return std::string(known);
}

EntryReader reader_of(const std::string& language, const BridgeConfig& config) {
    return {language, config.timezone, names_of(config.oncall)};
}

json::array links_json(const WhyLinks& links, const EntryReader& reader) {
    json::array out;
    for (const WhyLink& link : links) {
        json::object data;
        for (const auto& [key, value] : link.data) {
            if (!value.empty()) data[key] = value;
        }
        json::object one;
        one["step"] = link.step;
        one["at"] = time_or_null(link.at);
        one["text"] = why_text(link, reader);
        one["data"] = std::move(data);
        out.push_back(std::move(one));
    }
    return out;
}

WhyFacts facts_of(const IncidentDetail& detail) {
    WhyFacts facts;
    facts.incident = detail.summary.incident;
    facts.incident.alerts = detail.alerts;
    for (const TimelineRow& row : detail.timeline) facts.timeline.push_back(row.entry);
    for (const EffectRow& row : detail.effects) {
        std::optional<Timestamp> due;
        if (row.state == EffectState::kWaiting) due = row.due;
        facts.messages.push_back({row.notify, std::string(to_string(row.state)), row.attempts,
                                  row.attempts == 0 ? row.created_at : row.updated_at, row.result,
                                  due});
    }
    for (const TimerRow& row : detail.timers) facts.timers.emplace_back(row.kind, row.due);
    return facts;
}

void get_why(const ApiParts& parts, const Config& config, const Call& call) {
    auto language = language_of(call);
    if (!language) {
        call.refuse(language.error());
        return;
    }
    parts.reader.ask<IncidentDetail>(
        [key = call.path.at("key")](Queries& q) { return q.incident(key); },
        [call, config, language = std::move(language).value()](Result<IncidentDetail> detail) {
            if (!detail) {
                call.refuse(detail.error());
                return;
            }
            json::object out;
            out["key"] = detail.value().summary.incident.key;
            out["links"] =
                links_json(why(facts_of(detail.value()), *config), reader_of(language, *config));
            call.answer(net::Response::json(200, json::serialize(out)));
        });
}

// {"name", "reason"} of each, as the host's last heartbeat told it.
std::vector<std::string> failing_collectors(const std::string& inventory) {
    std::vector<std::string> out;
    auto read = JsonObject::parse(inventory);
    if (!read) return out;
    for (JsonObject& one : read.value().objects("failing_collectors")) {
        std::string name = one.string("name").value_or("");
        const std::string reason = one.string("reason").value_or("");
        if (name.empty()) continue;
        if (!reason.empty()) name.append(" (").append(reason).append(")");
        out.push_back(std::move(name));
    }
    return out;
}

Result<std::optional<Incident>> open_holder(Queries& q, const std::string& key) {
    TOCSIN_TRY(std::optional<Incident> found, q.holder(key));
    if (found && !is_open(found->state)) found.reset();
    return found;
}

// On the reader's thread.
Result<WhyNotFacts> read_facts(Queries& q, const Labels& labels, const BridgeConfig& config,
                               Timestamp now) {
    WhyNotFacts facts;
    facts.labels = labels;
    TOCSIN_TRY(facts.known, q.alerts_with(labels, kMostKnown));
    const AlertRecord subject = subject_of(labels, facts.known);
    TOCSIN_TRY(const std::optional<HostRow> host, q.host(subject.host));
    if (host) {
        facts.host = WhyHost{host->record, host->first_seen, failing_collectors(host->inventory)};
    }
    const std::string key = subject_key(subject, facts.host, config, now);
    TOCSIN_TRY(facts.holder, q.holder(key));
    TOCSIN_TRY(facts.blips, q.blips_of(key, kMostBlips));
    if (const auto group = storm_group(config.incidents.storms, subject.labels)) {
        TOCSIN_TRY(facts.storm, open_holder(q, storm_key(*group)));
    }
    TOCSIN_TRY(facts.overflow, open_holder(q, std::string(kOverflowKey)));
    TOCSIN_TRY(facts.silences, q.silences(now - kMaintenanceSettle));
    TOCSIN_TRY(facts.sources, q.inhibitors());
    TOCSIN_TRY(const auto overrides, q.overrides(now, now + Duration{1}));
    facts.oncall = config.oncall;
    facts.oncall.set_overrides(effective(overrides));
    return facts;
}

Result<Labels> labels_of(const std::vector<std::pair<std::string, std::string>>& all) {
    LabelsBuilder labels;
    for (const auto& [name, value] : all) {
        if (!is_label_name(name)) return bad("labels: " + quote(name) + " is no name of a label");
        labels.set(name, value);
    }
    Labels out = labels.build();
    if (out.empty()) return bad("labels: name at least one, like label=alertname=DiskFull");
    if (all.size() > kMostLabels) return bad("labels: at most 64 are taken");
    return out;
}

Result<Labels> labels_of_query(const net::Request& request) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& text : request.params("label")) {
        const std::size_t equals = std::string_view(text).find('=');
        if (equals == std::string_view::npos) {
            return bad("parameter label: must be name=value, like alertname=DiskFull");
        }
        all.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return labels_of(all);
}

Result<Labels> labels_of_body(const net::Request& request) {
    TOCSIN_TRY(JsonObject body, JsonObject::parse(request.body));
    body.allow({"labels"});
    const auto all = body.string_map("labels");
    TOCSIN_TRY(body.check());
    return labels_of(all);
}

void why_not_of(const ApiParts& parts, const Config& config, const Call& call,
                const Result<Labels>& labels) {
    auto language = language_of(call);
    if (!labels || !language) {
        call.refuse(labels ? language.error() : labels.error());
        return;
    }
    const Timestamp now = parts.clock.now();
    parts.reader.ask<WhyNotFacts>(
        [config, labels = labels.value(), now](Queries& q) {
            return read_facts(q, labels, *config, now);
        },
        [call, config, now,
         language = std::move(language).value()](const Result<WhyNotFacts>& facts) {
            if (!facts) {
                call.refuse(facts.error());
                return;
            }
            json::object out;
            out["labels"] = labels_object(facts.value().labels);
            out["known"] = !facts.value().known.empty();
            out["links"] =
                links_json(why_not(facts.value(), *config, now), reader_of(language, *config));
            call.answer(net::Response::json(200, json::serialize(out)));
        });
}

}  // namespace

std::vector<Endpoint> why_routes(const ApiParts& parts, const Config& config) {
    using enum Access;
    constexpr auto kOurs = ErrorStyle::kTocsin;
    return {
        {"GET", "/api/v1/incidents/{key}/why", kView, kOurs,
         [parts, &config](const Call& call) { get_why(parts, config, call); }},
        {"GET", "/api/v1/why-not", kView, kOurs,
         [parts, &config](const Call& call) {
             why_not_of(parts, config, call, labels_of_query(call.request));
         }},
        {"POST", "/api/v1/why-not", kView, kOurs,
         [parts, &config](const Call& call) {
             why_not_of(parts, config, call, labels_of_body(call.request));
         }},
    };
}

}  // namespace tocsin::bridge
