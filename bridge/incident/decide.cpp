#include "bridge/incident/decide.h"

#include <utility>
#include <variant>

#include "base/core/overloaded.h"
#include "bridge/incident/acknowledge_end.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/host_moves.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"

namespace tocsin::bridge {

Decision decide(const Incident& incident, const Event& event, const Context& context,
                Timestamp now) {
    Draft d(incident, context, now);
    Decision made = std::visit(Overloaded{
                                   [&](const AlertFiring& e) { return on_firing(d, e); },
                                   [&](const AlertResolved& e) { return on_resolved(d, e); },
                                   [&](const AlertUnknown& e) { return on_unknown(d, e); },
                                   [&](const AlertSuppressed& e) { return on_suppressed(d, e); },
                                   [&](const AlertReleased& e) { return on_released(d, e); },
                                   [&](const CauseFound& e) { return on_cause(d, e); },
                                   [&](const SilenceEnding& e) { return on_silence_ending(d, e); },
                                   [&](const UserAction& e) { return on_action(d, e); },
                                   [&](const TimerDue& e) { return on_timer(d, e); },
                                   [&](const EffectOutcome& e) { return on_outcome(d, e); },
                                   [&](const StormNews& e) { return on_storm(d, e); },
                                   [&](const ParentNews& e) { return on_parent(d, e); },
                                   [&](const HostRenamed& e) { return on_host_renamed(d, e); },
                               },
                               event);
    if (!made.changed) return made;
    // Whatever happened, the clocks follow.
    d.decision() = std::move(made);
    keep_acknowledge(d, event);
    keep_facts(d);
    keep_clocks(d);
    return std::move(d.decision());
}

}  // namespace tocsin::bridge
