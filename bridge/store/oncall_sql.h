// The statements behind oncall_rows.h. For the .cpp files of this folder alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridge/store/oncall_rows.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

std::vector<OverrideRow> select_overrides(Session& session, const std::string& tail,
                                          const sql::Parameters& parameters);
// Each with its line in the log.
std::int64_t insert_override(Session& session, const OverrideRow& row);
void cancel_override(Session& session, const OverrideRow& row, const std::string& actor,
                     const std::string& why, Timestamp now);
std::vector<OncallLogRow> select_oncall_log(Session& session, Timestamp from, Timestamp to);

}  // namespace tocsin::bridge
