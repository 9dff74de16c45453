#include "bridge/store/codec_sla.h"

#include <boost/json/array.hpp>
#include <string>

namespace json = boost::json;

namespace tocsin::bridge::codec {
namespace {

void put(json::object& object, std::string_view key, const std::optional<Timestamp>& time) {
    if (time) object[key] = to_unix_ms(*time);
}

std::optional<std::int64_t> number(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

std::optional<Timestamp> time_of(const json::object& object, std::string_view key) {
    const auto ms = number(object, key);
    if (!ms) return std::nullopt;
    return from_unix_ms(*ms);
}

std::string text(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(std::string_view(found->get_string()));
}

template <class Each>
void each_object(const json::object& object, std::string_view key, Each each) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) return;
    for (const json::value& item : found->get_array()) {
        if (item.is_object()) each(item.get_object());
    }
}

json::object meter_object(const SlaMeter& meter) {
    json::object out;
    json::array runs;
    for (const SlaRun& run : meter.runs) {
        json::object item;
        item["from"] = to_unix_ms(run.from);
        item["target"] = run.target.count();
        item["calendar"] = run.calendar;
        runs.push_back(std::move(item));
    }
    out["runs"] = std::move(runs);
    put(out, "due", meter.due);
    put(out, "next", meter.next);
    if (meter.announced != 0) out["announced"] = meter.announced;
    put(out, "breached_at", meter.breached_at);
    if (!meter.cause.empty()) out["cause"] = meter.cause;
    return out;
}

SlaMeter meter_from(const json::object& all, std::string_view key) {
    SlaMeter meter;
    const json::value* found = all.if_contains(key);
    if (found == nullptr || !found->is_object()) return meter;
    const json::object& in = found->get_object();
    each_object(in, "runs", [&](const json::object& run) {
        meter.runs.push_back({time_of(run, "from").value_or(Timestamp{}),
                              Duration{number(run, "target").value_or(0)}, text(run, "calendar")});
    });
    meter.due = time_of(in, "due");
    meter.next = time_of(in, "next");
    meter.announced = static_cast<int>(number(in, "announced").value_or(0));
    meter.breached_at = time_of(in, "breached_at");
    meter.cause = text(in, "cause");
    return meter;
}

}  // namespace

json::object sla_object(const SlaState& sla) {
    json::object out;
    out["response"] = meter_object(sla.response);
    out["resolution"] = meter_object(sla.resolution);
    json::array pauses;
    for (const SlaPause& pause : sla.pauses) {
        json::object item;
        item["from"] = to_unix_ms(pause.from);
        put(item, "to", pause.to);
        if (!pause.reason.empty()) item["reason"] = pause.reason;
        pauses.push_back(std::move(item));
    }
    out["pauses"] = std::move(pauses);
    if (sla.none) out["none"] = 1;
    return out;
}

SlaState sla_from(const json::value& value) {
    SlaState sla;
    if (!value.is_object()) return sla;
    const json::object& in = value.get_object();
    sla.response = meter_from(in, "response");
    sla.resolution = meter_from(in, "resolution");
    each_object(in, "pauses", [&](const json::object& pause) {
        sla.pauses.push_back({time_of(pause, "from").value_or(Timestamp{}), time_of(pause, "to"),
                              text(pause, "reason")});
    });
    sla.none = number(in, "none").has_value();
    return sla;
}

}  // namespace tocsin::bridge::codec
