// A storm's parts as tests make them.
#pragma once

#include <string>
#include <utility>

#include "bridge/incident/storm.h"
#include "tests/support/incident_world.h"

namespace tocsin::bridge {

inline StormMember member(int id, const std::string& host, Duration ago = 0s) {
    StormMember m;
    m.incident = IncidentId{id};
    m.group = "alertname=\"HighLoad\"";
    m.host = host;
    m.opened_at = kStart - ago;
    m.severity = "warning";
    return m;
}

inline ParentNews parent(ParentNews::What what, std::string owner = "", std::string former = "") {
    ParentNews news;
    news.what = what;
    news.parent_id = IncidentId{7};
    news.parent = "INC-2026-000007";
    news.owner = std::move(owner);
    news.former = std::move(former);
    return news;
}

inline StormNews news_of(int hosts, int children, int open, Priority priority = Priority::kP3) {
    StormNews news;
    news.hosts = hosts;
    news.children = children;
    news.open = open;
    news.priority = priority;
    news.severity = "warning";
    news.some_hosts = "web-1, web-2, …";
    return news;
}

inline Decision storm_of(const World& w, int hosts, Priority priority = Priority::kP3,
                         Incident::Kind kind = Incident::Kind::kStorm) {
    StormOpening opening;
    opening.key = "INC-2026-000007";
    opening.dedup_key = "storm:alertname=\"HighLoad\"";
    opening.kind = kind;
    opening.group = "alertname=\"HighLoad\"";
    opening.labels = {{"alertname", "HighLoad"}};
    opening.team = w.route.team;
    opening.policy = w.route.policy;
    opening.news = news_of(hosts, hosts, hosts, priority);
    return open_storm(opening, w.context(), w.now);
}

}  // namespace tocsin::bridge
