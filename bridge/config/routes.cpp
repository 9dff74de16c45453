// routes: read, named, put in order, and checked for those that nothing can reach.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

std::string text_of(const Matchers& matchers) {
    std::string out;
    for (const Matcher& matcher : matchers) {
        if (!out.empty()) out += ",";
        out += matcher.text();
    }
    return out;
}

void read_group_by(MapReader& r, Diagnostics& d, Route& route) {
    if (!r.node("group_by")) return;
    route.group_by.clear();
    for (const YamlNode& item : items_of(r, "group_by")) {
        const std::string_view name = item.scalar();
        if (name == "severity") {
            d.error(item.position(),
                    "severity never takes part: a rising level is the same incident");
        } else if (!is_label_name(name)) {
            d.error(item.position(), fmt::format("\"{}\" is no label name", name));
        } else {
            route.group_by.emplace_back(name);
        }
    }
}

// An `also` route adds watchers and messages; what owns an incident has no meaning in it.
void read_also(MapReader& r, Diagnostics& d, Reading& out, Route& route) {
    r.require("tell");
    for (const auto& [target, at] : targets_of(r, "tell", d)) {
        out.names.refer(target, {d.file(), at});
        route.tell.push_back(target);
    }
    for (const std::string_view key :
         {"team", "policy", "group_by", "reopen", "stable", "priority", "priority_at_most",
          "calendar", "sla", "tickets", "routes"}) {
        if (r.node(key))
            r.error(key, "has no meaning in a route with \"also\", which owns nothing");
    }
}

void read_owner(MapReader& r, Diagnostics& d, Reading& out, Route& route) {
    if (r.node("tell")) r.error("tell", "is for routes with \"also: true\"; here name a policy");
    if (auto team = r.string("team")) {
        out.names.refer(Names::Kind::kTeam, *team, {d.file(), r.position_of("team")});
        route.team = *team;
        route.policy.clear();  // the team's own, not the parent's
    }
    if (auto policy = r.string("policy")) {
        out.names.refer(Names::Kind::kPolicy, *policy, {d.file(), r.position_of("policy")});
        route.policy = *policy;
    }
    read_group_by(r, d, route);
    if (const auto reopen = r.duration("reopen")) route.reopen = reopen;
    if (const auto stable = r.duration("stable")) route.stable = stable;
    if (const auto priority = priority_of(r, "priority")) route.priority = priority;
    if (const auto most = priority_of(r, "priority_at_most")) route.priority_at_most = most;
    if (auto calendar = r.string("calendar")) {
        out.names.refer(Names::Kind::kCalendar, *calendar, {d.file(), r.position_of("calendar")});
        route.calendar = *calendar;
    }
    if (r.node("tickets")) route.tickets.clear();
    for (const YamlNode& item : items_of(r, "tickets")) {
        out.names.refer(Names::Kind::kTicket, item.scalar(), {d.file(), item.position()});
        route.tickets.emplace_back(item.scalar());
    }
    for (auto& [priority, target] : sla_of(r, d, out)) route.sla[priority] = target;
}

void warn(Diagnostics& d, const Where& where, std::string message) {
    d.add({DiagnosticLevel::kWarning, where.file, where.at, std::move(message)});
}

// The routes of one level below `parent`: of each its children first, which are asked before it.
void read_level(MapReader& r, const Route& parent, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "routes")) {
        MapReader route(item, "a route", d);
        ReadRoute read;
        read.where = {d.file(), item.position()};
        read.route = parent;
        read.route.name.clear();
        for (Matcher& matcher : matchers_of(route, "match", d)) {
            read.route.match.push_back(std::move(matcher));
        }
        read.match_text = text_of(read.route.match);
        if (auto name = route.string("name")) {
            read.route.name = *name;
            out.names.define(Names::Kind::kRoute, *name, {d.file(), route.position_of("name")});
        }
        read.route.also = route.boolean("also").value_or(false);
        if (read.route.also) {
            read_also(route, d, out, read.route);
        } else {
            read_owner(route, d, out, read.route);
            read_level(route, read.route, d, out);
        }
        route.finish();
        out.routes.push_back(std::move(read));
    }
}

}  // namespace

void read_routes(MapReader& r, Diagnostics& d, Reading& out) {
    read_level(r, Route{}, d, out);
}

void settle_routes(Reading& out, Diagnostics& d) {
    std::vector<Route> watching;
    std::vector<Route> owning;
    std::vector<const ReadRoute*> reachable;
    for (ReadRoute& read : out.routes) {
        Route& route = read.route;
        if (route.name.empty()) route.name = read.match_text.empty() ? "default" : read.match_text;
        if (route.also) {
            watching.push_back(route);
            continue;
        }
        const auto shadow =
            std::find_if(reachable.begin(), reachable.end(), [&](const ReadRoute* before) {
                return before->route.match.empty() || before->match_text == read.match_text;
            });
        if (shadow != reachable.end()) {
            warn(d, read.where,
                 fmt::format("nothing reaches this route: the one at {}:{} takes all that it would",
                             (*shadow)->where.file, (*shadow)->where.at.line));
            continue;
        }
        reachable.push_back(&read);
        owning.push_back(route);
    }
    if (owning.empty() || !owning.back().match.empty()) {
        if (!owning.empty()) {
            warn(d, reachable.back()->where,
                 "alerts that match no route open incidents that nobody is told of; end the list "
                 "with a route without \"match\"");
        }
        Route rest;
        rest.name = "default";
        owning.push_back(std::move(rest));
    }
    out.config.routes = std::move(watching);
    std::move(owning.begin(), owning.end(), std::back_inserter(out.config.routes));
}

}  // namespace tocsin::bridge
