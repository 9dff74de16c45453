// What people owe and are reminded of, and vendors.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/reading.h"

namespace tocsin::bridge {

using text::MapReader;
using text::YamlNode;

namespace {

void read_close_needs(MapReader& r, Diagnostics& d, IncidentSettings& settings) {
    static constexpr std::array<std::string_view, 3> kNeeds = {"cause", "solution", "proof"};
    MapReader needs(r.node("close_needs"), "\"close_needs\"", d);
    for (const Priority priority : kPriorities) {
        const std::string_view key = to_string(priority);
        if (!needs.node(key)) continue;
        settings.close_needs[priority].clear();
        for (const YamlNode& item : items_of(needs, key)) {
            if (std::find(kNeeds.begin(), kNeeds.end(), item.scalar()) == kNeeds.end()) {
                d.error(item.position(),
                        fmt::format("\"{}\" is none of cause, solution and proof", item.scalar()));
                continue;
            }
            settings.close_needs[priority].emplace_back(item.scalar());
        }
    }
    needs.finish();
}

void read_major(MapReader& r, Diagnostics& d, IncidentSettings& settings) {
    MapReader major(r.node("major"), "\"major\"", d);
    MapReader after(major.node("after"), "\"after\"", d);
    for (const Priority priority : kPriorities) {
        const auto time = after.duration(to_string(priority));
        if (!time) continue;
        if (*time < 1min) {
            after.error(to_string(priority), "must be at least 1m");
        } else {
            settings.major_after[priority] = *time;
        }
    }
    after.finish();
    settings.major_update = major.duration("update_every").value_or(settings.major_update);
    major.finish();
}

}  // namespace

void read_people_settings(MapReader& r, Diagnostics& d, IncidentSettings& settings) {
    settings.pending_reminder = r.duration("pending_reminder").value_or(settings.pending_reminder);
    if (r.node("causes")) settings.causes = r.strings("causes");
    read_close_needs(r, d, settings);
    read_major(r, d, settings);
}

void read_vendors(MapReader& r, Diagnostics& d, Reading& out) {
    static constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh-CN"};
    for (const YamlNode& item : items_of(r, "vendors")) {
        MapReader vendor(item, "a vendor", d);
        Person read;
        read.name = name_of(vendor, Names::Kind::kVendor, d, out);
        read.display = vendor.string("display").value_or(read.name);
        read.language = vendor.choice("language", kLanguages).value_or("");
        PendingContact where;
        where.vendor = true;
        where.person = out.config.oncall.vendors.size();
        read_contacts(vendor, d, out, read, where);
        vendor.finish();
        out.config.oncall.vendors.push_back(std::move(read));
    }
}

}  // namespace tocsin::bridge
