// Hosts that are new, and what nobody is told of.
#include <utility>

#include "bridge/incident/observe.h"
#include "bridge/ingest/batch.h"

namespace tocsin::bridge {

// Our agents' alerts only: others' hosts have no heartbeat that could be the first.
Result<bool> Batch::is_joining(const AlertRecord& record) {
    if (!record.from_agent() || record.host.empty() || config_.hosts.join <= Duration{0}) {
        return false;
    }
    TOCSIN_TRY(const HostRow* const host, host_row(record.host));
    return host != nullptr && now_ >= host->first_seen &&
           now_ - host->first_seen < config_.hosts.join;
}

void Batch::mark_observed(Event& event) const {
    auto* const firing = std::get_if<AlertFiring>(&event);
    if (firing == nullptr) return;
    firing->observed =
        is_observed(config_.observe, firing->alert.labels, firing->alert.annotations);
}

// An opening in the report, told to whom or not.
void Batch::note_observed(IncidentId id) {
    const Incident& in = work_.at(id).now;
    if (!in.observed) return;
    observed_.push_back({now_, id, std::string(in.labels.get("alertname")), "", "", "opened"});
}

// True when the effect is a message that is recorded instead of sent.
bool Batch::observe(const Incident& incident, const Effect& item) {
    const auto* const notify = std::get_if<Notify>(&item);
    if (!incident.observed || notify == nullptr) return false;
    observed_.push_back({now_, incident.id, std::string(incident.labels.get("alertname")),
                         notify->person, notify->channel, std::string(to_string(notify->kind))});
    return true;
}

}  // namespace tocsin::bridge
