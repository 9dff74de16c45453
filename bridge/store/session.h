// A connection with its dialect. For the .cpp files of this folder alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "bridge/store/dialect.h"
#include "bridge/store/sql.h"

namespace tocsin::bridge {

struct Session {
    sql::Connection connection;
    std::unique_ptr<Dialect> dialect;
    std::string file;  // SQLite's; "" else
};

enum class SessionUse { kServe, kRead };

Result<std::unique_ptr<Session>> open_session(const std::string& url, SessionUse use);

// The columns of incidents and alerts, in the order that the readers take them.
std::string incident_columns();
std::string alert_columns();

struct IncidentSummary;
struct AlertRecord;
struct HostRow;
struct EffectRow;

// Each calls `row` with every row that `text` (which starts with SELECT <those columns>) yields.
void select_incidents(Session& session, const std::string& tail, const sql::Parameters& parameters,
                      const std::function<void(IncidentSummary)>& row);
void select_alerts(Session& session, const std::string& tail, const sql::Parameters& parameters,
                   const std::function<void(AlertRecord)>& row);
void select_hosts(Session& session, const std::string& tail, const sql::Parameters& parameters,
                  const std::function<void(HostRow)>& row);
// `text` is a whole statement that yields effect_columns().
std::string effect_columns();
void select_effects(Session& session, const std::string& text, const sql::Parameters& parameters,
                    const std::function<void(EffectRow)>& row);

std::string json_list(const std::vector<std::string>& texts);
std::string json_list(const std::vector<std::int64_t>& numbers);

}  // namespace tocsin::bridge
