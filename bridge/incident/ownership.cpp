#include "bridge/incident/ownership.h"

namespace tocsin::bridge {

Ownership ownership_of(const Route& route, const Service* service, const Oncall& oncall) {
    Ownership out{route.team, route.policy};
    if (out.team.empty() && service != nullptr) out.team = service->owner;
    if (const Team* team = oncall.team(out.team); out.policy.empty() && team != nullptr) {
        out.policy = team->policy;
    }
    return out;
}

}  // namespace tocsin::bridge
