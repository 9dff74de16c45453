#include "bridge/incident/mirror.h"

#include <tuple>

namespace tocsin::bridge {
namespace {

auto shown(const Incident& in) {
    return std::tie(in.state, in.priority, in.severity, in.title, in.assignee);
}

}  // namespace

std::vector<Notify> mirrored(const Incident& before, const Incident& now, const Route& route,
                             Timestamp at) {
    std::vector<Notify> out;
    if (now.observed || now.absorbed) return out;
    const bool is_new = before.key.empty() || before.absorbed;
    if (!is_new && shown(before) == shown(now)) return out;
    for (const std::string& system : route.tickets) {
        out.push_back({"", system, "", MessageKind::kTicket, now.priority, 0, at});
    }
    return out;
}

}  // namespace tocsin::bridge
