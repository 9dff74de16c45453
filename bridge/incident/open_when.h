// Conditions of opening: an alert that matches one opens an incident only when it has fired so
// often in so long, or has held for so long. Until then it is held back; what clears itself before
// is recorded as a blip. An incident that is open for its key takes it at once. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "bridge/incident/alert_record.h"

namespace tocsin::bridge {

struct OpenWhen {
    std::string name;  // its matchers' text
    Matchers match;
    // Either so many firings of the dedup key within so long, or one for all of that time …
    int count = 0;
    Duration in{0};
    Duration held{0};  // … or firing without a break for so long; 0 for the other kind
};

// The first that matches; null for none: it opens at once.
const OpenWhen* open_when_of(const std::vector<OpenWhen>& all, const Labels& labels);

// When a key began to fire, as often as the condition counts: with one more, now. Those of a clock
// that was ahead are forgotten.
std::vector<Timestamp> with_firing(std::vector<Timestamp> before, const OpenWhen& condition,
                                   Timestamp now);
// Whether it opens. `fired` counts this firing; `since` is when the alert began to be held back.
bool may_open(const OpenWhen& condition, const std::vector<Timestamp>& fired, Timestamp since,
              Timestamp now);
// When it opens without another firing: one that fires through the whole of `in` is no blip.
Timestamp open_due(const OpenWhen& condition, Timestamp since);
// "3 times in 10m", "for 2m".
std::string phrase_of(const OpenWhen& condition);

// What cleared before it opened anything.
struct Blip {
    std::int64_t id = 0;  // the store's
    Timestamp started_at;
    Timestamp ended_at;
    std::string condition;  // OpenWhen::name
    std::string dedup_key;
    std::string severity;
    std::string summary;
    Labels labels;
    bool operator==(const Blip&) const = default;
};
Blip blip_of(const AlertRecord& alert, const std::string& condition, std::string dedup_key,
             Timestamp now);

}  // namespace tocsin::bridge
