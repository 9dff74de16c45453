#include "bridge/oncall/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace tocsin::bridge {
namespace {

// What the database says of "since ever" and "for ever" does not fit milliseconds.
constexpr Timestamp kFirst{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
constexpr Timestamp kLast{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

Timestamp within(date::sys_seconds t) {
    const std::chrono::seconds first =
        std::chrono::floor<std::chrono::seconds>(kFirst.time_since_epoch());
    const std::chrono::seconds last =
        std::chrono::floor<std::chrono::seconds>(kLast.time_since_epoch());
    return Timestamp{std::clamp(t.time_since_epoch(), first, last)};
}

}  // namespace

std::optional<Zone> Zone::named(std::string_view name) {
    Zone zone;
    if (name == "UTC") return zone;
    try {
        zone.zone_ = date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return std::nullopt;  // no such zone, or no database at all
    }
    return zone;
}

Zone::Stretch Zone::stretch_at(Timestamp t) const {
    if (zone_ == nullptr) return {kFirst, kLast, Duration{0}};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(t);
    const date::sys_info info = zone_->get_info(date::sys_seconds{seconds.time_since_epoch()});
    return {within(info.begin), within(info.end), info.offset};
}

std::string Zone::name() const {
    return zone_ == nullptr ? "UTC" : zone_->name();
}

}  // namespace tocsin::bridge
