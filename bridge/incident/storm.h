// Storms (semantics 7): the same alert from many hosts at once is one incident, not a hundred.
//
// Incidents of one group (the same values of storms.by) that open within a minute on more hosts
// than storms.more_than get a parent: an incident without alerts of its own. Those not
// acknowledged become its children. A child is *absorbed*: it tells nobody and runs no ladder; it
// is owned by whoever owns the parent, and the parent's end is its end for those who were told. A
// parent whose open children are all held back is held back with them. A child that rises above the
// parent's priority leaves and stands on its own. When some have ended, at most max(1, 10 %) of the
// children that were open at once still are, and no new one has come within the window, the parent
// resolves and what remains stands on its own.
//
// A fuse does the same with everything that opens beyond so many incidents a minute: its parent is
// of the kind kOverflow.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "bridge/incident/event.h"
#include "bridge/incident/incident.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

class Draft;
struct Context;
struct Decision;

struct StormSettings {
    int more_than = 20;  // hosts; 0: there are no storms
    Duration within = 1min;
    std::vector<std::string> by{"alertname"};
    int fuse = 200;  // new incidents a minute that may page; 0: no fuse
};
inline constexpr Duration kFuseWindow = 1min;

// The group of an alert: `alertname="HighLoad"`. None: it takes part in no storm (a label of `by`
// is missing, or there are no storms).
std::optional<std::string> storm_group(const StormSettings& settings, const Labels& labels);

// A row of the store: an incident as its storm needs it.
struct StormMember {
    IncidentId incident;
    std::string group;  // "" for none
    std::string host;
    Timestamp opened_at;  // or opened again, or came out of what held it back: the latest
    IncidentId parent;    // none: it belongs to no storm, or has left it
    bool open = true;
    Priority priority = Priority::kP3;
    std::string severity;
    bool held = false;  // held back (suppression.h)
    bool operator==(const StormMember&) const = default;
};

// Whether these, the newest among them, are a storm: more hosts than the settings allow within the
// window. Members without a host count as one host each.
bool is_storm(const std::vector<StormMember>& members, const StormSettings& settings,
              Timestamp now);
// Whether this decision asks for people anew, as an opening does: it fires again, or is held back
// no longer. What a person keeps open (it was reported, or is major) is part of no storm.
bool comes_back(const Incident& before, const Incident& after);
bool fuse_blows(int opened_in_window, const StormSettings& settings);

// What a parent is told of its children; the counts of all that ever were its.
StormNews storm_news(const std::vector<StormMember>& children);
// At most so many open children and the storm is over; `most` were open at once.
int storm_rest(int most);

// The parent's own incident. `first` is one of its children: its route's team and policy are the
// parent's, the context's route is its.
struct StormOpening {
    std::string key;
    std::string dedup_key;
    Incident::Kind kind = Incident::Kind::kStorm;
    std::string group;  // as storm_group() gives it; for a storm
    Labels labels;      // those of `by`
    // Whose it is: as of the incident that made it one.
    std::string team;
    std::string policy;
    std::string service;
    std::vector<std::string> watchers;
    StormNews news;
};
Decision open_storm(const StormOpening& opening, const Context& context, Timestamp now);

// Moves of a draft; internal to this module.

// It stands on its own from now; the caller tells, or starts its ladder.
void leave_storm(Draft& d, std::string_view why);
// Whether the action is one that makes a child stand on its own: it asks others.
bool leaves_by(ActionKind kind);

Decision on_storm(Draft& d, const StormNews& news);    // of a parent
Decision on_parent(Draft& d, const ParentNews& news);  // of a child

}  // namespace tocsin::bridge
