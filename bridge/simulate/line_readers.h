// One kind of line each, by the live reader of its kind. Pure. Errors say what is wrong with the
// line, without its place.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "base/core/result.h"
#include "bridge/simulate/lines.h"

namespace tocsin::bridge {

using LineFields = boost::json::object;

Result<Timestamp> read_line_time(const LineFields& line, std::string_view field);

// `line` has the member that the function is named after, `to` its number and time.
Result<std::vector<Line>> read_alerts_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_heartbeat_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_act_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_silence_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_maintenance_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_end_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_report_line(const LineFields& line, const Line& to);

}  // namespace tocsin::bridge
