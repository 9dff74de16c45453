#include "bridge/incident/route.h"

namespace tocsin::bridge {

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
