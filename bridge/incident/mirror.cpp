#include "bridge/incident/mirror.h"

#include <tuple>

namespace tocsin::bridge {
namespace {

auto shown(const Incident& in) {
    return std::tie(in.state, in.priority, in.severity, in.title, in.assignee);
}

}  // namespace

std::vector<Notify> mirrored(const Incident& before, Incident& now, const Route& route,
                             Timestamp at) {
    std::vector<Notify> out;
    if (route.tickets.empty()) return out;
    const bool begins = !now.copied && is_open(now.state) && !now.observed && !now.absorbed;
    if (!begins && (!now.copied || shown(before) == shown(now))) return out;
    now.copied = true;
    for (const std::string& system : route.tickets) {
        out.push_back({"", system, "", MessageKind::kTicket, now.priority, 0, at});
    }
    return out;
}

}  // namespace tocsin::bridge
