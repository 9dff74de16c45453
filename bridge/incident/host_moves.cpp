#include "bridge/incident/host_moves.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/incident/dedup.h"
#include "bridge/incident/moves.h"

namespace tocsin::bridge {

AlertResolved ended_with_host(AlertRecord alert, std::string_view reason, Timestamp now) {
    alert.status = AlertStatus::kResolved;
    alert.levels.clear();
    alert.ends_at = now;
    return {std::move(alert), std::string(reason)};
}

AlertRecord renamed(AlertRecord alert, std::string_view to) {
    const std::string before = alert.host + "/";
    if (alert.from_agent() && alert.identity.starts_with(before)) {
        alert.identity = std::string(to) + "/" + alert.identity.substr(before.size());
    }
    const std::string_view instance = alert.labels.get("instance");
    LabelsBuilder labels(alert.labels);
    labels.set("host", to);
    if (instance == alert.host) labels.set("instance", to);
    alert.labels = labels.build();
    alert.host = std::string(to);
    if (!alert.from_agent()) {
        alert.identity = fingerprint(LabelsBuilder(alert.labels).remove("severity").build());
    }
    alert.fingerprint = fingerprint(alert.labels);
    for (auto& [severity, level] : alert.levels) {
        level.fingerprint =
            fingerprint(LabelsBuilder(alert.labels).set("severity", severity).build());
    }
    return alert;
}

HostRecord renamed(HostRecord host, const HostRecord* there, std::string_view to) {
    if (there != nullptr) return *there;  // it beats under its new name already
    host.host = std::string(to);
    return host;
}

Decision on_host_renamed(Draft& d, const HostRenamed& event) {
    Incident& in = d.in();
    bool any = false;
    for (AlertRecord& alert : in.alerts) {
        if (alert.host != event.from) continue;
        alert = renamed(std::move(alert), event.to);
        any = true;
    }
    if (!any) return d.nothing("it has no alert of that host");
    in.dedup_key = event.dedup_key;
    const std::string title = std::exchange(in.title, "");
    refresh(d);
    if (in.title.empty()) in.title = title;  // it is a person's
    d.say("host_renamed", event.actor, fmt::format("{} is now {}", event.from, event.to),
          {{"from", event.from}, {"to", event.to}});
    return d.done("its host has another name");
}

}  // namespace tocsin::bridge
