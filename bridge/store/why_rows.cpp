#include "bridge/store/why_rows.h"

#include <algorithm>
#include <utility>

#include "bridge/store/codec.h"
#include "bridge/store/queries.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

// An identity has a row for each incident it was part of.
constexpr int kRowsOfEach = 10;

}  // namespace

std::vector<AlertRecord> alerts_with(Session& session, const Labels& labels, int limit) {
    std::vector<AlertRecord> out;
    std::string where = "WHERE 1 = 1";
    sql::Parameters parameters;
    std::size_t i = 0;
    for (const Label& label : labels) {
        const std::string name = "label" + std::to_string(i++);
        where += " AND " + session.dialect->contains("labels", name);
        parameters.add(name, codec::label_needle(label.name.view(), label.value.view()));
    }
    parameters.add("most", limit * kRowsOfEach);
    select_alerts(session, where + " ORDER BY last_seen DESC, incident DESC LIMIT :most",
                  parameters, [&](AlertRecord row) {
                      const bool there = std::any_of(out.begin(), out.end(), [&](const auto& a) {
                          return a.identity == row.identity;
                      });
                      if (there || out.size() >= static_cast<std::size_t>(limit)) return;
                      out.push_back(std::move(row));
                  });
    return out;
}

std::optional<Incident> holder_of(Session& session, const std::string& dedup_key) {
    std::optional<IncidentId> id;
    sql::select<sql::Int>(session.connection,
                          "SELECT incident FROM open_keys WHERE dedup_key = :dedup",
                          sql::Parameters().add("dedup", dedup_key),
                          [&](const sql::Int& incident) { id = IncidentId{incident.value}; });
    if (!id) return std::nullopt;
    auto found = load_incidents(session, {*id});
    if (found.empty()) return std::nullopt;
    return std::move(found.begin()->second);
}

std::optional<HostRow> host_named(Session& session, const std::string& name) {
    std::optional<HostRow> out;
    select_hosts(session, "WHERE host = :host", sql::Parameters().add("host", name),
                 [&](HostRow row) { out = std::move(row); });
    return out;
}

}  // namespace tocsin::bridge
