// One kind of line each, by the live reader of its kind. Pure. Errors say what is wrong with the
// line, without its place.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "bridge/simulate/lines.h"

namespace tocsin::bridge {

using LineFields = boost::json::object;

// A sender says again and again what fires. A line that gives no end says it for as long as no
// other line ends it.
inline constexpr Duration kUntilSaid = 10 * 365 * 24h;
inline constexpr std::string_view kSimulationSender = "simulation";

Result<Timestamp> read_line_time(const LineFields& line, std::string_view field);

// `line` has the member that the function is named after, `to` its number and time.
Result<std::vector<Line>> read_alerts_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_heartbeat_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_act_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_silence_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_maintenance_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_end_line(const LineFields& line, const Line& to);
Result<std::vector<Line>> read_report_line(const LineFields& line, const Line& to);

// A line that is what is posted itself: one alert or an array of them as to /api/v2/alerts, or the
// body of an Alertmanager's webhook.
bool is_posted(const boost::json::value& root);
struct PostedLines {
    Line arrival;            // of the batch, at the latest startsAt
    std::vector<Line> ends;  // of one alert each, at its endsAt, which lies after the arrival
};
Result<PostedLines> read_posted_lines(const boost::json::value& root, int number);

}  // namespace tocsin::bridge
