#include "bridge/store/codec.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "bridge/store/codec_facts.h"
#include "bridge/store/codec_sla.h"

namespace json = boost::json;

namespace tocsin::bridge::codec {
namespace {

// In the order of MatchOp.
constexpr std::array<std::string_view, 4> kMatchOps = {"=", "!=", "=~", "!~"};

// What we wrote ourselves parses; anything else is a damaged row and reads as empty.
json::object object_from(std::string_view text) {
    boost::system::error_code problem;
    json::value value = json::parse(text, problem);
    if (problem || !value.is_object()) return {};
    return std::move(value.as_object());
}

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(std::string_view(found->get_string()));
}

std::optional<std::int64_t> number_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

int int_of(const json::object& object, std::string_view key) {
    return static_cast<int>(number_of(object, key).value_or(0));
}

std::optional<Timestamp> time_of(const json::object& object, std::string_view key) {
    const auto number = number_of(object, key);
    if (!number) return std::nullopt;
    return from_unix_ms(*number);
}

std::vector<std::string> texts_of(const json::object& object, std::string_view key) {
    std::vector<std::string> out;
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) return out;
    for (const json::value& item : found->get_array()) {
        if (item.is_string()) out.emplace_back(std::string_view(item.get_string()));
    }
    return out;
}

std::vector<Timestamp> times_of(const json::object& object, std::string_view key) {
    std::vector<Timestamp> out;
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) return out;
    for (const json::value& item : found->get_array()) {
        if (item.is_int64()) out.push_back(from_unix_ms(item.get_int64()));
    }
    return out;
}

void put(json::object& object, std::string_view key, const std::string& text) {
    if (!text.empty()) object[key] = text;
}
void put(json::object& object, std::string_view key, int number) {
    if (number != 0) object[key] = number;
}
void put(json::object& object, std::string_view key, const std::optional<Timestamp>& time) {
    if (time) object[key] = to_unix_ms(*time);
}
void put(json::object& object, std::string_view key, const std::vector<std::string>& texts) {
    if (!texts.empty()) object[key] = json::array(texts.begin(), texts.end());
}

void put(json::object& object, std::string_view key, const std::vector<Timestamp>& times) {
    json::array all;
    for (const Timestamp time : times) all.push_back(to_unix_ms(time));
    if (!all.empty()) object[key] = std::move(all);
}

std::string quoted(std::string_view text) {
    return json::serialize(json::string(text));
}

void put_storm(json::object& out, const Incident& incident) {
    put(out, "parent", incident.parent);
    if (incident.parent_id) out["parent_id"] = incident.parent_id.value;
    put(out, "absorbed", incident.absorbed ? 1 : 0);
    put(out, "observed", incident.observed ? 1 : 0);
    if (incident.kind == Incident::Kind::kAlerts) return;
    out["kind"] = to_string(incident.kind);
    put(out, "storm_group", incident.storm_group);
    put(out, "hosts", incident.hosts);
    put(out, "children", incident.children);
    put(out, "children_open", incident.children_open);
    put(out, "children_most", incident.children_most);
    put(out, "storm_step", incident.storm_step);
    put(out, "storm_policies", incident.storm_policies);
}

void read_storm(const json::object& in, Incident& incident) {
    incident.parent = text_of(in, "parent");
    incident.parent_id = IncidentId{number_of(in, "parent_id").value_or(0)};
    incident.absorbed = int_of(in, "absorbed") != 0;
    incident.observed = int_of(in, "observed") != 0;
    incident.kind = parse_incident_kind(text_of(in, "kind")).value_or(Incident::Kind::kAlerts);
    incident.storm_group = text_of(in, "storm_group");
    incident.hosts = int_of(in, "hosts");
    incident.children = int_of(in, "children");
    incident.children_open = int_of(in, "children_open");
    incident.children_most = int_of(in, "children_most");
    incident.storm_step = int_of(in, "storm_step");
    incident.storm_policies = texts_of(in, "storm_policies");
}

template <class Map>
std::string any_map_to_text(const Map& map) {
    json::object object;
    for (const auto& [name, value] : map) object[name] = value;
    return json::serialize(object);
}

}  // namespace

std::string labels_to_text(const Labels& labels) {
    std::string out = "{";
    for (const Label& label : labels) {
        if (out.size() > 1) out += ',';
        out += label_needle(label.name.view(), label.value.view());
    }
    return out + "}";
}

Labels labels_from_text(std::string_view text) {
    LabelsBuilder builder;
    for (const auto& item : object_from(text)) {
        if (item.value().is_string()) {
            builder.set(std::string_view(item.key()), std::string_view(item.value().get_string()));
        }
    }
    return builder.build();
}

std::string label_needle(std::string_view name, std::string_view value) {
    return quoted(name) + ":" + quoted(value);
}

std::string map_to_text(const std::map<std::string, std::string, std::less<>>& map) {
    return any_map_to_text(map);
}

std::string map_to_text(const std::map<std::string, std::string>& map) {
    return any_map_to_text(map);
}

std::map<std::string, std::string> map_from_text(std::string_view text) {
    std::map<std::string, std::string> out;
    for (const auto& item : object_from(text)) {
        if (item.value().is_string()) {
            out.emplace(std::string_view(item.key()), std::string_view(item.value().get_string()));
        }
    }
    return out;
}

std::string matchers_to_text(const Matchers& matchers) {
    json::array out;
    for (const Matcher& matcher : matchers) {
        json::array item;
        item.emplace_back(json::string(matcher.name().view()));
        item.emplace_back(json::string(kMatchOps.at(static_cast<std::size_t>(matcher.op()))));
        item.emplace_back(json::string(matcher.value()));
        out.push_back(std::move(item));
    }
    return json::serialize(out);
}

Matchers matchers_from_text(std::string_view text) {
    Matchers out;
    boost::system::error_code problem;
    const json::value parsed = json::parse(text, problem);
    if (problem || !parsed.is_array()) return out;
    for (const json::value& item : parsed.get_array()) {
        if (!item.is_array() || item.get_array().size() != 3) continue;
        const auto part = [&](std::size_t i) -> std::string_view {
            const json::value& value = item.get_array()[i];
            return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
        };
        const auto* const op = std::find(kMatchOps.begin(), kMatchOps.end(), part(1));
        if (op == kMatchOps.end()) continue;
        auto matcher =
            Matcher::create(static_cast<MatchOp>(op - kMatchOps.begin()), part(0), part(2));
        if (matcher) out.push_back(std::move(matcher).value());
    }
    return out;
}

std::string levels_to_text(const std::map<std::string, FiringLevel>& levels) {
    json::object out;
    for (const auto& [severity, level] : levels) {
        json::object item;
        item["fingerprint"] = level.fingerprint;
        item["starts_at"] = to_unix_ms(level.starts_at);
        put(item, "ends_at", level.ends_at);
        out[severity] = std::move(item);
    }
    return json::serialize(out);
}

std::map<std::string, FiringLevel> levels_from_text(std::string_view text) {
    std::map<std::string, FiringLevel> out;
    for (const auto& entry : object_from(text)) {
        if (!entry.value().is_object()) continue;
        const json::object& item = entry.value().get_object();
        FiringLevel level;
        level.fingerprint = text_of(item, "fingerprint");
        level.starts_at = time_of(item, "starts_at").value_or(Timestamp{});
        level.ends_at = time_of(item, "ends_at");
        out.emplace(std::string_view(entry.key()), std::move(level));
    }
    return out;
}

namespace {

json::object suppressor_object(const Suppressor& by) {
    json::object out;
    out["kind"] = to_string(by.kind);
    put(out, "id", by.id);
    put(out, "name", by.name);
    out["since"] = to_unix_ms(by.since);
    put(out, "until", by.until);
    return out;
}

std::optional<Suppressor> suppressor_from(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    if (found == nullptr || !found->is_object()) return std::nullopt;
    const json::object& object = found->get_object();
    const auto kind = parse_suppressor_kind(text_of(object, "kind"));
    if (!kind) return std::nullopt;
    return Suppressor{*kind, text_of(object, "id"), text_of(object, "name"),
                      time_of(object, "since").value_or(Timestamp{}), time_of(object, "until")};
}

}  // namespace

std::string detail_to_text(const Incident& incident) {
    json::object out;
    put(out, "route", incident.route);
    put(out, "policy", incident.policy);
    put(out, "acknowledged_by", incident.acknowledged_by);
    put(out, "acknowledged_at", incident.acknowledged_at);
    put(out, "responded_at", incident.responded_at);
    if (incident.acknowledged_priority) {
        out["acknowledged_priority"] = to_string(*incident.acknowledged_priority);
    }
    put(out, "step", incident.step);
    put(out, "step_told", incident.step_told);
    put(out, "step_failed", incident.step_failed);
    put(out, "repeats", incident.repeats);
    put(out, "next_asked", incident.next_asked ? 1 : 0);
    put(out, "copied", incident.copied ? 1 : 0);
    put(out, "told", incident.told);
    put(out, "watchers", incident.watchers);
    put(out, "stable_since", incident.stable_since);
    put(out, "resolved_at", incident.resolved_at);
    put(out, "resolved_by", incident.resolved_by);
    put(out, "resolved_by_hand", incident.resolved_by_hand ? 1 : 0);
    put(out, "confirmed_at", incident.confirmed_at);
    put(out, "confirmed_by", incident.confirmed_by);
    put(out, "closed_at", incident.closed_at);
    put(out, "snoozed_until", incident.snoozed_until);
    put(out, "pending_until", incident.pending_until);
    put(out, "pending_reason", incident.pending_reason);
    put(out, "reopen_count", incident.reopen_count);
    put(out, "openings", incident.openings);
    put(out, "flapping_since", incident.flapping_since);
    put_storm(out, incident);
    put(out, "predecessor", incident.predecessor);
    put(out, "successor", incident.successor);
    put(out, "pending_cause", incident.pending_cause);
    put(out, "pending_by", incident.pending_by);
    put(out, "service", incident.service);
    if (!(incident.facts == Facts{})) out["facts"] = facts_object(incident.facts);
    if (!(incident.sla == SlaState{})) out["sla"] = sla_object(incident.sla);
    if (incident.suppressed) out["suppressed"] = suppressor_object(*incident.suppressed);
    return json::serialize(out);
}

void detail_from_text(std::string_view text, Incident& incident) {
    const json::object in = object_from(text);
    incident.route = text_of(in, "route");
    incident.policy = text_of(in, "policy");
    incident.acknowledged_by = text_of(in, "acknowledged_by");
    incident.acknowledged_at = time_of(in, "acknowledged_at");
    incident.responded_at = time_of(in, "responded_at");
    incident.acknowledged_priority = parse_priority(text_of(in, "acknowledged_priority"));
    incident.step = int_of(in, "step");
    incident.step_told = int_of(in, "step_told");
    incident.step_failed = int_of(in, "step_failed");
    incident.repeats = int_of(in, "repeats");
    incident.next_asked = int_of(in, "next_asked") != 0;
    incident.copied = int_of(in, "copied") != 0;
    incident.told = texts_of(in, "told");
    incident.watchers = texts_of(in, "watchers");
    incident.stable_since = time_of(in, "stable_since");
    incident.resolved_at = time_of(in, "resolved_at");
    incident.resolved_by = text_of(in, "resolved_by");
    incident.resolved_by_hand = int_of(in, "resolved_by_hand") != 0;
    incident.confirmed_at = time_of(in, "confirmed_at");
    incident.confirmed_by = text_of(in, "confirmed_by");
    incident.closed_at = time_of(in, "closed_at");
    incident.snoozed_until = time_of(in, "snoozed_until");
    incident.pending_until = time_of(in, "pending_until");
    incident.pending_reason = text_of(in, "pending_reason");
    incident.reopen_count = int_of(in, "reopen_count");
    incident.openings = times_of(in, "openings");
    incident.flapping_since = time_of(in, "flapping_since");
    read_storm(in, incident);
    incident.predecessor = text_of(in, "predecessor");
    incident.successor = text_of(in, "successor");
    incident.pending_cause = text_of(in, "pending_cause");
    incident.pending_by = text_of(in, "pending_by");
    incident.service = text_of(in, "service");
    if (const json::value* facts = in.if_contains("facts")) incident.facts = facts_from(*facts);
    if (const json::value* sla = in.if_contains("sla")) incident.sla = sla_from(*sla);
    incident.suppressed = suppressor_from(in, "suppressed");
}

}  // namespace tocsin::bridge::codec
