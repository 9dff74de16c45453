// What came of a simulation, as JSON (docs/simulate.md).
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>

#include "bridge/simulate/run.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

json::string word(std::string_view text) {
    return json::string(text.data(), text.size());
}
json::value time_or_null(const std::optional<Timestamp>& at) {
    if (!at) return nullptr;
    return word(format_rfc3339(*at));
}
json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return word(text);
}

json::object labels_json(const Labels& labels) {
    json::object out;
    for (const auto& [name, value] : labels) out[name.view()] = word(value.view());
    return out;
}

json::object suppressor_json(const Suppressor& by) {
    json::object out;
    out["kind"] = word(to_string(by.kind));
    out["name"] = word(by.name);
    out["until"] = time_or_null(by.until);
    return out;
}

json::object incident_json(const Incident& in) {
    json::object out;
    out["key"] = word(in.key);
    out["title"] = word(in.title);
    out["priority"] = word(to_string(in.priority));
    out["severity"] = word(in.severity);
    out["state"] = word(to_string(in.state));
    out["kind"] = word(to_string(in.kind));
    out["opened_at"] = word(format_rfc3339(in.opened_at));
    out["resolved_at"] = time_or_null(in.resolved_at);
    out["reporter"] = in.facts.reporter ? text_or_null(in.facts.reporter->name) : nullptr;
    out["assignee"] = text_or_null(in.assignee);
    out["team"] = text_or_null(in.team);
    out["route"] = word(in.route);
    out["parent"] = text_or_null(in.parent);
    out["observed"] = in.observed;
    out["suppressed"] = in.suppressed ? json::value(suppressor_json(*in.suppressed)) : nullptr;
    json::array told;
    for (const std::string& person : in.told) told.push_back(word(person));
    // Of what is observed the ladder ran, and told nobody (observe.h).
    out["told"] = in.observed ? json::array() : told;
    out["would_have_told"] = in.observed ? std::move(told) : json::array();
    out["labels"] = labels_json(in.labels);
    return out;
}

std::string_view word_of(Parcel::Shape shape) {
    switch (shape) {
        case Parcel::Shape::kOne:
            return "one";
        case Parcel::Shape::kMentions:
            return "mentions";
        case Parcel::Shape::kDigest:
            return "digest";
    }
    return "one";
}

json::object message_json(const SimulatedMessage& one) {
    json::object out;
    out["at"] = word(format_rfc3339(one.message.at));
    out["channel"] = word(one.message.channel);
    out["shape"] = word(word_of(one.message.shape));
    json::array parts;
    for (const SentMessage::Part& part : one.message.parts) {
        json::object about;
        about["incident"] = word(part.incident);
        about["kind"] = word(to_string(part.notify.kind));
        about["priority"] = word(to_string(part.notify.priority));
        about["person"] = text_or_null(part.notify.person);
        about["address"] = text_or_null(shown_address(part.notify));
        about["step"] = part.notify.step;
        parts.push_back(std::move(about));
    }
    out["parts"] = std::move(parts);
    json::array wakes;
    for (const std::string& person : one.wakes) wakes.push_back(word(person));
    out["wakes"] = std::move(wakes);
    return out;
}

json::object held_json(const AlertRecord& alert) {
    json::object out;
    out["labels"] = labels_json(alert.labels);
    out["starts_at"] = word(format_rfc3339(alert.starts_at));
    out["by"] = alert.suppressor ? json::value(suppressor_json(*alert.suppressor)) : nullptr;
    return out;
}

}  // namespace

std::string simulated_json(const Simulated& outcome) {
    json::object out;
    out["from"] = word(format_rfc3339(outcome.from));
    out["to"] = word(format_rfc3339(outcome.to));
    json::object totals;
    totals["alerts"] = outcome.alerts;
    totals["incidents"] = outcome.incidents.size();
    totals["messages"] = outcome.messages.size();
    totals["wake_ups"] = outcome.wake_ups;
    out["totals"] = std::move(totals);
    json::array incidents;
    for (const IncidentSummary& one : outcome.incidents) {
        incidents.push_back(incident_json(one.incident));
    }
    out["incidents"] = std::move(incidents);
    json::array messages;
    for (const SimulatedMessage& one : outcome.messages) messages.push_back(message_json(one));
    out["messages"] = std::move(messages);
    json::array held;
    for (const AlertRecord& alert : outcome.held) held.push_back(held_json(alert));
    out["held"] = std::move(held);
    json::array refused;
    for (const RefusedLine& line : outcome.refused) {
        refused.push_back({{"line", line.number}, {"why", word(line.why)}});
    }
    out["refused"] = std::move(refused);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
