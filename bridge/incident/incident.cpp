#include "bridge/incident/incident.h"

#include <algorithm>

namespace tocsin::bridge {

const AlertRecord* Incident::alert(std::string_view identity) const {
    const auto it = std::find_if(alerts.begin(), alerts.end(),
                                 [&](const AlertRecord& a) { return a.identity == identity; });
    return it == alerts.end() ? nullptr : &*it;
}

int Incident::count(AlertStatus status) const {
    return static_cast<int>(std::count_if(
        alerts.begin(), alerts.end(), [&](const AlertRecord& a) { return a.status == status; }));
}

}  // namespace tocsin::bridge
