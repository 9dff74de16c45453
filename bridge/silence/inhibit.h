// Inhibition: an alert that fires holds others back. Pure.
//
// Its own alert is held back as well when a silence hides it, and inhibits all the same (semantics
// 7): sources are looked for among all alerts that have not cleared, whatever holds them back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "bridge/incident/alert_record.h"

namespace tocsin::bridge {

// A source that fires so long after its targets still absorbs those that nobody has taken.
inline constexpr Duration kAbsorbsBack = 5min;
// After a source has cleared its targets have so long to settle.
inline constexpr Duration kInhibitSettle = 2min;

struct InhibitRule {
    Matchers source;
    Matchers target;                 // none: everything
    std::vector<std::string> equal;  // labels that both have alike
};

// What the empty configuration has: a host that cannot be reached holds back whatever else is of
// it.
std::vector<InhibitRule> default_inhibition();

// A row of the store's inhibitors.
struct InhibitSource {
    std::string identity;
    Labels labels;
    std::string name;                  // "HostUnreachable on web-17"
    IncidentId incident;               // none while it is held back itself
    Timestamp since;                   // fires since
    std::optional<Timestamp> ends_at;  // it has cleared, and holds back until then
    bool operator==(const InhibitSource&) const = default;
};

// Whether an alert with these labels is a source of any rule.
bool is_source(const std::vector<InhibitRule>& rules, const Labels& labels);
// The record as a source; `known` is its row, null for none.
InhibitSource source_of(const AlertRecord& alert, const InhibitSource* known, Timestamp now);

// How an alert stands when it is asked whether a source holds it back.
enum class Standing {
    kOutside,  // of any incident that is open: its first news, or held back already
    kAsked,    // in an incident that nobody has taken
    kTaken,    // in an incident that somebody owns: linked, never absorbed
};

// The first source that holds it back now; the one that does so already is preferred.
// An alert that is both a source and a target of a rule is not held back by such another, so that
// nothing inhibits itself (Alertmanager, inhibit.go).
const InhibitSource* inhibitor_of(const std::vector<InhibitRule>& rules,
                                  const std::vector<InhibitSource>& sources,
                                  const AlertRecord& alert, Standing standing, Timestamp now);
// Sources that an owned incident's alert would be held back by: they are linked to it.
const InhibitSource* cause_of(const std::vector<InhibitRule>& rules,
                              const std::vector<InhibitSource>& sources, const AlertRecord& alert,
                              Timestamp now);
Suppressor suppressor_by(const InhibitSource& source, Timestamp now);

}  // namespace tocsin::bridge
