// inhibit and maintenance: what holds alerts back by configuration.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

// What a window may last: longer is no maintenance, and hides too much for too long.
constexpr Duration kLongestWindow = 7 * 24h;

// Where a recurrence rule that names no start counts from.
constexpr std::string_view kFirst = "2000-01-01";

std::optional<Recurrence> recurrence_of(MapReader& r) {
    const auto every = r.string("every");
    const auto rrule = r.string("rrule");
    const auto cron = r.string("cron");
    const auto starts = r.string("starts");
    if (!!every + !!rrule + !!cron != 1) {
        r.error(every ? "every" : "rrule", "name one of every, rrule and cron");
        return std::nullopt;
    }
    if (starts && !rrule) r.error("starts", "is for \"rrule\": what its rule counts from");
    auto first = parse_local_time(starts.value_or(std::string(kFirst)));
    if (!first) {
        r.error("starts", first.error().message);
        return std::nullopt;
    }
    const std::string_view key = every ? "every" : rrule ? "rrule" : "cron";
    auto made = every   ? Recurrence::every(*every)
                : rrule ? Recurrence::rrule(*rrule, first.value())
                        : Recurrence::cron(*cron);
    if (!made) {
        r.error(key, made.error().message);
        return std::nullopt;
    }
    return std::move(made).value();
}

void read_zone(MapReader& r, const Reading& out, Window& window) {
    const auto given = r.string("timezone");
    const auto zone = Zone::named(given.value_or(out.config.timezone));
    if (zone) {
        window.zone = *zone;
    } else if (given) {
        r.error("timezone",
                fmt::format("this host knows no zone {}; write one like Asia/Shanghai", *given));
    }
}

}  // namespace

void read_inhibit(MapReader& r, Diagnostics& d, Reading& out) {
    // Given, the list is the whole of it; the shipped rule is in it only if it is written there.
    if (!r.node("inhibit")) return;
    if (!out.inhibit_given) out.config.inhibit.clear();
    out.inhibit_given = true;
    for (const YamlNode& item : items_of(r, "inhibit")) {
        MapReader rule(item, "an inhibition", d);
        InhibitRule read;
        rule.require("source");
        read.source = matchers_of(rule, "source", d);
        read.target = matchers_of(rule, "target", d);
        read.equal = rule.strings("equal");
        for (const std::string& name : read.equal) {
            if (!is_label_name(name)) {
                rule.error("equal", fmt::format("\"{}\" is no label name", name));
            }
        }
        if (read.target.empty() && read.equal.empty()) {
            d.warning(item.position(),
                      "holds back every other alert there is: name a target, or labels that are "
                      "equal");
        }
        rule.finish();
        out.config.inhibit.push_back(std::move(read));
    }
}

void read_maintenance(MapReader& r, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "maintenance")) {
        MapReader window(item, "a maintenance window", d);
        window.require("name");
        const std::string name = window.string("name").value_or("");
        const bool twice = std::any_of(out.config.maintenance.begin(), out.config.maintenance.end(),
                                       [&](const Window& known) { return known.name == name; });
        if (twice) window.error("name", fmt::format("there are two windows \"{}\"", name));
        window.require("match");
        Matchers match = matchers_of(window, "match", d);
        const auto every = recurrence_of(window);
        window.require("for");
        const Duration lasts = window.duration("for").value_or(1h);
        if (lasts < 1min || lasts > kLongestWindow) window.error("for", "must be from 1m to 7d");
        window.require("by");
        const std::string by = window.string("by").value_or("");
        if (!by.empty()) {
            out.names.refer(Names::Kind::kPerson, by, {d.file(), window.position_of("by")});
        }
        const std::string change = window.string("change").value_or("");
        if (every) {
            Window read{name, std::move(match), *every, lasts, Zone{}, by, change};
            read_zone(window, out, read);
            out.config.maintenance.push_back(std::move(read));
        } else {
            (void)window.string("timezone");  // known, whatever the recurrence is
        }
        window.finish();
    }
}

}  // namespace tocsin::bridge
