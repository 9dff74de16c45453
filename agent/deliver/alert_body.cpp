#include "agent/deliver/alert_body.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

namespace tocsin::agent {

namespace json = boost::json;

namespace {

std::optional<Timestamp> time_of(const json::object& alert, const char* key) {
    const json::value* v = alert.if_contains(key);
    if (v == nullptr || !v->is_string()) return std::nullopt;
    const json::string& s = v->get_string();
    const auto t = parse_rfc3339({s.data(), s.size()});
    return t ? std::optional(t.value()) : std::nullopt;
}

// nullopt when the row is no array of objects.
std::optional<json::array> row_alerts(const OutboxRow& row, Timestamp ends_at) {
    json::error_code error;
    json::value root = json::parse(row.record.body, error);
    json::array* const alerts = error ? nullptr : root.if_array();
    if (alerts == nullptr) return std::nullopt;
    for (json::value& v : *alerts) {
        json::object* const alert = v.if_object();
        if (alert == nullptr) return std::nullopt;
        const auto ends = time_of(*alert, "endsAt");
        if (!ends || *ends > row.record.created_at) (*alert)["endsAt"] = format_rfc3339(ends_at);
    }
    return std::move(*alerts);
}

}  // namespace

void begin_by_now(std::vector<Alert>& alerts, Timestamp now) {
    for (Alert& a : alerts) {
        if (!a.starts_at) continue;
        a.starts_at = std::min(*a.starts_at, now);
        if (a.ends_at) a.starts_at = std::min(*a.starts_at, *a.ends_at);
    }
}

Record make_record(std::string identity, std::uint64_t seq, Timestamp created_at,
                   std::vector<Alert> alerts) {
    begin_by_now(alerts, created_at);
    return {std::move(identity), seq, created_at, alerts_to_json(alerts)};
}

RowsBody rows_body(std::span<const OutboxRow> rows, Timestamp now, Duration ends_in) {
    RowsBody out;
    json::array all;
    for (const OutboxRow& row : rows) {
        auto alerts = row_alerts(row, now + ends_in);
        if (!alerts) {
            out.unreadable.push_back(row.id);
            continue;
        }
        out.ids.push_back(row.id);
        for (json::value& alert : *alerts) all.push_back(std::move(alert));
    }
    out.json = json::serialize(all);
    return out;
}

}  // namespace tocsin::agent
