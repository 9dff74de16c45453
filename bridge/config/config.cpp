#include "bridge/config/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

// What any file may hold: teams keep their own.
void read_lists(MapReader& r, Diagnostics& d, Reading& out) {
    read_services(r, d, out);
    read_people(r, d, out);
    read_vendors(r, d, out);
    read_teams(r, d, out);
    read_policies(r, d, out);
    read_rotations(r, d, out);
    read_channels(r, d, out);
    read_tickets(r, d, out);
    read_routes(r, d, out);
    read_inhibit(r, d, out);
    read_maintenance(r, d, out);
}

constexpr std::array<std::string_view, 26> kMainOnly = {
    "open_when", "observe",    "expects",  "flapping", "storms",    "listen", "tls",
    "store",     "url",        "language", "timezone", "incidents", "hosts",  "catch_all",
    "access",    "severities", "priority", "include",  "calendars", "sla",    "pending",
    "oncall",    "links",      "problems", "reviews",  "log"};

void read_included(const SourceFile& source, Reading& out, Diagnostics& diagnostics) {
    Diagnostics d(source.path);
    MapReader r(text::parse_yaml(source.text, d), "an included file", d);
    for (const std::string_view key : kMainOnly) {
        if (r.node(key)) r.error(key, "belongs in the main file, not in an included one");
    }
    read_lists(r, d, out);
    r.finish();
    out.config.files.push_back(source.path);
    diagnostics.append(d);
}

void read_includes(MapReader& r, Diagnostics& d, const SourceFile& main,
                   const IncludeLoader& include, Reading& out, Diagnostics& diagnostics) {
    for (const YamlNode& item : items_of(r, "include")) {
        if (item.scalar().empty()) {
            d.error(item.position(), "\"include\" must be a list of files or patterns");
            continue;
        }
        auto files = include(item.scalar(), main.path);
        if (!files) {
            d.error(item.position(), files.error().message);
            continue;
        }
        for (const SourceFile& file : files.value()) read_included(file, out, diagnostics);
    }
}

// A team without a policy of its own follows the one that bears its name.
void settle_teams(Reading& out) {
    for (Team& team : out.config.oncall.teams) {
        if (team.policy.empty() && out.names.defined(Names::Kind::kPolicy, team.name)) {
            team.policy = team.name;
            out.names.refer(Names::Kind::kPolicy, team.name, {});
        }
    }
}

void settle_admins(Reading& out) {
    Oncall& oncall = out.config.oncall;
    for (const AccessToken& token : out.config.tokens) {
        const bool person = oncall.person(token.name) != nullptr;
        if (token.role == Role::kAdmin && person) oncall.admins.push_back(token.name);
    }
}

}  // namespace

const Route& BridgeConfig::route_named(std::string_view name) const {
    const auto it = std::find_if(routes.begin(), routes.end(),
                                 [&](const Route& r) { return !r.also && r.name == name; });
    return it == routes.end() ? routes.back() : *it;
}

const Channel* BridgeConfig::channel(std::string_view name) const {
    const auto it = std::find_if(channels.begin(), channels.end(),
                                 [&](const Channel& c) { return c.name == name; });
    return it == channels.end() ? nullptr : &*it;
}

const Calendar* BridgeConfig::calendar(std::string_view name) const {
    const auto it = std::find_if(calendars.begin(), calendars.end(),
                                 [&](const Calendar& c) { return c.name == name; });
    return it == calendars.end() ? nullptr : &*it;
}

std::optional<BridgeConfig> read_config(const SourceFile& main, const IncludeLoader& include,
                                        Diagnostics& diagnostics) {
    Reading out;
    out.config.files.push_back(main.path);
    Diagnostics d(main.path);
    MapReader r(text::parse_yaml(main.text, d), "bridge.yml", d);
    Diagnostics included(main.path);
    read_settings(r, d, out);
    read_priority(r, d, out);
    read_access(r, d, out);
    read_links(r, d, out);
    read_calendars(r, d, out);
    read_telling_hours(r, d, out);
    read_sla(r, d, out);
    read_noise(r, d, out);
    read_knowledge(r, d, out.config.knowledge);
    read_includes(r, d, main, include, out, included);
    read_lists(r, d, out);
    r.finish();
    diagnostics.append(d);
    diagnostics.append(included);

    settle_teams(out);
    settle_admins(out);
    Diagnostics across(main.path);
    out.names.check(across);
    settle_contacts(out, across);
    settle_routes(out, across);
    settle_sla(out, across);
    diagnostics.append(across);
    if (diagnostics.has_errors()) return std::nullopt;
    return std::move(out.config);
}

BridgeConfig default_config() {
    Diagnostics nothing("");
    const IncludeLoader none = [](std::string_view, std::string_view) {
        return Result<std::vector<SourceFile>>(std::vector<SourceFile>{});
    };
    return read_config({"", ""}, none, nothing).value_or(BridgeConfig{});
}

}  // namespace tocsin::bridge
