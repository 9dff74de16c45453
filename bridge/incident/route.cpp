#include "bridge/incident/route.h"

#include <algorithm>

namespace tocsin::bridge {

Priority priority_by(const Route& route, Priority wanted) {
    if (route.priority) return *route.priority;
    return route.priority_at_most ? std::max(wanted, *route.priority_at_most) : wanted;
}

Routing route(const std::vector<Route>& routes, const Labels& labels) {
    Routing routing;
    for (const Route& r : routes) {
        if (!matches_all(r.match, labels)) continue;
        if (r.also) {
            routing.also.push_back(&r);
        } else if (routing.owner == nullptr) {
            routing.owner = &r;
        }
    }
    return routing;
}

}  // namespace tocsin::bridge
