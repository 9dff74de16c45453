// Observe mode (semantics 7): everything is recorded and nobody is told. An observed incident runs
// as any other does, its ladder included; what its steps would have sent goes into a report. The
// ladder of an observed incident ends with its last step: nobody can acknowledge what they are not
// told of.
#pragma once

#include <vector>

#include "base/model/alert.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"

namespace tocsin::bridge {

class Draft;

// Any of these matches, or the rule (or its agent) says so itself: `tocsin_mode: observe`.
bool is_observed(const std::vector<Matchers>& observe, const Labels& labels,
                 const Annotations& annotations);

// Moves of a draft; internal to this module.

// An alert that is not observed has joined: the incident is one like any other from now.
void end_observing(Draft& d);

}  // namespace tocsin::bridge
