#include "bridge/incident/decide.h"

#include <variant>

#include "bridge/incident/handlers.h"

namespace tocsin::bridge {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

Decision decide(const Incident& incident, const Event& event, const Context& context,
                Timestamp now) {
    Draft d(incident, context, now);
    return std::visit(Overloaded{
                          [&](const AlertFiring& e) { return on_firing(d, e); },
                          [&](const AlertResolved& e) { return on_resolved(d, e); },
                          [&](const AlertUnknown& e) { return on_unknown(d, e); },
                          [&](const UserAction& e) { return on_action(d, e); },
                          [&](const TimerDue& e) { return on_timer(d, e); },
                          [&](const EffectOutcome& e) { return on_outcome(d, e); },
                      },
                      event);
}

}  // namespace tocsin::bridge
