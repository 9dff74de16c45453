#include "bridge/api/sla_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

json::value time_or_null(const std::optional<Timestamp>& time) {
    if (!time) return nullptr;
    return json::string(format_rfc3339(*time));
}

std::optional<Timestamp> stopped_at(const Incident& in, SlaClock clock) {
    const std::optional<Timestamp> cleared = in.resolved_at ? in.resolved_at : in.closed_at;
    if (clock == SlaClock::kResolution || !in.responded_at) return cleared;
    return cleared ? std::min(*cleared, *in.responded_at) : in.responded_at;
}

const char* state_of(const Incident& in, SlaClock clock, const SlaMeter& meter) {
    if (meter.breached_at) return "breached";
    if (stopped_at(in, clock)) {
        const bool answered = clock == SlaClock::kResolution || in.responded_at;
        return answered ? "met" : "not_needed";
    }
    const bool waits = in.state == State::kPending && !in.sla.pauses.empty() &&
                       in.sla.pauses.back().reason == in.pending_cause && !in.pending_cause.empty();
    return clock == SlaClock::kResolution && waits ? "paused" : "running";
}

json::value clock_json(const Incident& in, SlaClock clock, const SlaMeter& meter) {
    if (meter.runs.empty()) return nullptr;
    json::object out;
    out["state"] = state_of(in, clock, meter);
    out["target"] = format_duration(meter.runs.back().target);
    out["calendar"] = meter.runs.back().calendar;
    out["due"] = time_or_null(meter.due);
    out["stopped_at"] = time_or_null(stopped_at(in, clock));
    out["passed_percent"] = meter.announced;
    out["breached_at"] = time_or_null(meter.breached_at);
    out["cause"] = meter.cause.empty() ? json::value(nullptr) : json::value(meter.cause.c_str());
    return out;
}

}  // namespace

json::object sla_json(const Incident& incident) {
    json::object out;
    out["response"] = clock_json(incident, SlaClock::kResponse, incident.sla.response);
    out["resolution"] = clock_json(incident, SlaClock::kResolution, incident.sla.resolution);
    json::array pauses;
    for (const SlaPause& pause : incident.sla.pauses) {
        if (pause.reason.empty()) continue;  // that it was resolved is in the timeline
        json::object item;
        item["reason"] = pause.reason;
        item["from"] = format_rfc3339(pause.from);
        item["to"] = time_or_null(pause.to);
        pauses.push_back(std::move(item));
    }
    out["pauses"] = std::move(pauses);
    return out;
}

}  // namespace tocsin::bridge
