// calendars: the hours in which targets of service run.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/reading.h"
#include "bridge/oncall/calendar.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::string_view kAlways = "7x24";
constexpr std::string_view kOffice = "office";

// One text, or a list of them.
std::vector<YamlNode> texts_of(MapReader& r, std::string_view key) {
    const YamlNode node = r.node(key);
    if (node && node.kind() == YamlKind::kScalar) return {node};
    return items_of(r, key);
}

void read_hours(MapReader& r, Diagnostics& d, Calendar& calendar) {
    r.require("weekdays");
    for (const YamlNode& item : texts_of(r, "weekdays")) {
        const auto added = add_hours(calendar.week, item.scalar());
        if (!added) d.error(item.position(), added.error().message);
    }
}

void read_days(MapReader& r, Diagnostics& d, Calendar& calendar) {
    for (const YamlNode& item : items_of(r, "holidays")) {
        const auto range = parse_days(item.scalar());
        if (range) {
            calendar.holidays.push_back(range.value());
        } else {
            d.error(item.position(), range.error().message);
        }
    }
    for (const YamlNode& item : items_of(r, "workdays")) {
        const auto range = parse_days(item.scalar());
        if (!range) {
            d.error(item.position(), range.error().message);
            continue;
        }
        if (range.value().last - range.value().first > std::chrono::days{366}) {
            d.error(item.position(), "is longer than a year; give \"weekdays\" the hours instead");
            continue;
        }
        for (LocalDay day = range.value().first; day <= range.value().last;
             day += std::chrono::days{1}) {
            calendar.workdays.insert(day);
        }
    }
}

void read_calendar(MapReader& r, Diagnostics& d, const Zone& zone, Calendar& calendar) {
    calendar.always = false;
    calendar.zone = zone;
    if (const auto name = r.string("timezone")) {
        const auto own = Zone::named(*name);
        if (own) {
            calendar.zone = *own;
        } else {
            r.error("timezone", fmt::format("no time zone is named \"{}\"; write one like "
                                            "Asia/Shanghai or UTC",
                                            *name));
        }
    }
    read_hours(r, d, calendar);
    read_days(r, d, calendar);
    r.finish();
}

Calendar calendar_of(std::string_view name, const Zone& zone, std::string_view hours) {
    Calendar calendar;
    calendar.name = name;
    calendar.always = false;
    calendar.zone = zone;
    // A test reads it back.
    static_cast<void>(add_hours(calendar.week, hours));
    return calendar;
}

void read_written(MapReader& r, Diagnostics& d, const Zone& zone, Reading& out) {
    const YamlNode node = r.node("calendars");
    if (!node || node.kind() == YamlKind::kNull) return;
    MapReader map(node, "\"calendars\"", d);
    if (node.kind() != YamlKind::kMap) return;
    for (const auto& [name, value] : node.entries()) {
        Calendar calendar;
        calendar.name = name;
        if (name == kAlways) {
            d.error(node.key_node(name).position(),
                    "the calendar 7x24 is there without being written");
            continue;
        }
        out.names.define(Names::Kind::kCalendar, name, {d.file(), node.key_node(name).position()});
        if (value.kind() == YamlKind::kMap) {
            MapReader reader(value, "a calendar", d);
            read_calendar(reader, d, zone, calendar);
        } else if (value.scalar() != kAlways) {
            d.error(value.position(),
                    "a calendar is 7x24, or a map with \"weekdays\": \"mon-fri 09:00-18:00\"");
        }
        out.config.calendars.push_back(std::move(calendar));
    }
}

}  // namespace

Calendar daytime(const Zone& zone) {
    return calendar_of("daytime", zone, "mon-sun 08:00-22:00");
}

void read_calendars(MapReader& r, Diagnostics& d, Reading& out) {
    out.config.calendars = {Calendar{}};  // 7x24 is always there
    out.names.define(Names::Kind::kCalendar, kAlways, {});
    const Zone zone = Zone::named(out.config.timezone).value_or(Zone{});
    read_written(r, d, zone, out);
    if (out.config.calendar(kOffice) != nullptr) return;
    // Working hours where the file has none: what does not wake people needs some.
    out.config.calendars.push_back(calendar_of(kOffice, zone, "mon-fri 09:00-18:00"));
    out.names.define(Names::Kind::kCalendar, kOffice, {});
}

}  // namespace tocsin::bridge
