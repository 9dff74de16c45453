// What opened no incident, or told nobody, as JSON.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/api/json.h"
#include "bridge/api/json_values.h"

namespace json = boost::json;

namespace tocsin::bridge {

std::string expected_json(const std::vector<ExpectRecord>& rows, const BridgeConfig& config) {
    json::array all;
    for (const ExpectRecord& row : rows) {
        const auto configured =
            std::find_if(config.expects.begin(), config.expects.end(),
                         [&](const Expectation& e) { return e.name == row.name; });
        if (configured == config.expects.end()) continue;
        json::object item;
        item["name"] = row.name;
        item["labels"] = labels_object(row.labels);
        item["every"] = format_duration(configured->every);
        item["last_seen"] = time_or_null(row.last_seen);
        item["due_at"] = format_rfc3339(expect_due(row, *configured));
        item["missing_since"] = time_or_null(row.missing_since);
        all.push_back(std::move(item));
    }
    json::object out;
    out["expected"] = std::move(all);
    return json::serialize(out);
}

std::string blips_json(const std::vector<Blip>& rows, int limit) {
    json::array all;
    for (const Blip& row : rows) {
        json::object item;
        item["started_at"] = format_rfc3339(row.started_at);
        item["ended_at"] = format_rfc3339(row.ended_at);
        item["condition"] = row.condition;
        item["dedup_key"] = row.dedup_key;
        item["severity"] = row.severity;
        item["summary"] = row.summary;
        item["labels"] = labels_object(row.labels);
        all.push_back(std::move(item));
    }
    json::object out;
    const bool full = rows.size() == static_cast<std::size_t>(limit);
    out["blips"] = std::move(all);
    out["next"] = full ? json::value(std::to_string(rows.back().id).c_str()) : json::value(nullptr);
    return json::serialize(out);
}

std::string observed_json(const std::vector<ObservedCount>& rows, Timestamp since) {
    json::array alerts;
    std::string name;
    for (const ObservedCount& row : rows) {
        if (alerts.empty() || row.alertname != name) {
            name = row.alertname;
            json::object alert;
            alert["alertname"] = row.alertname;
            alert["incidents"] = 0;
            alert["first_at"] = nullptr;
            alert["last_at"] = nullptr;
            alert["would_have_told"] = json::array();
            alerts.push_back(std::move(alert));
        }
        json::object& alert = alerts.back().as_object();
        if (row.channel.empty()) {
            alert["incidents"] = row.incidents;
            alert["first_at"] = format_rfc3339(row.first);
            alert["last_at"] = format_rfc3339(row.last);
            continue;
        }
        json::object told;
        told["person"] = text_or_null(row.person);
        told["channel"] = row.channel;
        told["incidents"] = row.incidents;
        told["messages"] = row.messages;
        told["first_at"] = format_rfc3339(row.first);
        told["last_at"] = format_rfc3339(row.last);
        alert["would_have_told"].as_array().push_back(std::move(told));
    }
    json::object out;
    out["since"] = format_rfc3339(since);
    out["alerts"] = std::move(alerts);
    return json::serialize(out);
}

std::string result_json(std::string_view result) {
    json::object out;
    out["result"] = result;
    return json::serialize(out);
}

}  // namespace tocsin::bridge
