// Who owns an alert: the first route that matches; routes with `also` add watchers only. The file's
// tree is a list here, children before their parent and with what they have of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "bridge/incident/sla.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

struct Route {
    std::string name;  // unique; the matchers' text unless given; "default" for the catch-all
    Matchers match;    // all must; none: everything
    bool also = false;
    std::vector<Target> tell;  // of an `also` route: told when an incident opens and ends
    std::string team;
    std::string policy;
    std::vector<std::string> group_by{"alertname", "host", "instance"};
    std::optional<Duration> reopen;  // else the settings'
    std::optional<Duration> stable;
    std::optional<Priority> priority;  // whatever the matrix says
    std::optional<Priority> priority_at_most;
    std::string calendar;  // its targets' clocks run on this one; "" for each target's own
    SlaTargets sla{};      // before the service's and the rest's, priority by priority
    std::vector<std::string> tickets{};  // the systems that keep a copy of its incidents
};

// What alerts of this route make of a priority by the matrix.
Priority priority_by(const Route& route, Priority wanted);

struct Routing {
    const Route* owner = nullptr;  // never null: there is always a catch-all at the end
    std::vector<const Route*> also;
};

// `routes` must end with a catch-all (config compiles it so).
Routing route(const std::vector<Route>& routes, const Labels& labels);

}  // namespace tocsin::bridge
