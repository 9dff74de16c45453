#include "bridge/incident/observe.h"

#include <algorithm>

#include "bridge/incident/moves.h"

namespace tocsin::bridge {

bool is_observed(const std::vector<Matchers>& observe, const Labels& labels,
                 const Annotations& annotations) {
    const auto own = annotations.find(kAnnotationMode);
    if (own != annotations.end() && own->second == kModeObserve) return true;
    return std::any_of(observe.begin(), observe.end(),
                       [&](const Matchers& matchers) { return matches_all(matchers, labels); });
}

void end_observing(Draft& d) {
    d.in().observed = false;
    d.in().told.clear();  // nobody was
    d.say("observed_ended", kSystem, "An alert that is not observed has joined: people are told");
    if (d.in().state == State::kTriggered) start_ladder(d, MessageKind::kOpened);
}

}  // namespace tocsin::bridge
