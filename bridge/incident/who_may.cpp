#include "bridge/incident/who_may.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tocsin::bridge {
namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_to_do_with_it(const Incident& in, std::string_view person) {
    const auto& major = in.facts.major;
    return in.assignee == person || in.acknowledged_by == person || holds(in.told, person) ||
           (major && (major->commander == person || major->communication == person));
}

// Adds to what is known of it and takes nothing from whoever works it.
bool is_everybodys(ActionKind kind) {
    constexpr std::array kKinds = {ActionKind::kNote, ActionKind::kWatch, ActionKind::kUnwatch,
                                   ActionKind::kLink};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

std::string whom_to_ask(const Incident& in, const Team& team) {
    if (!in.assignee.empty()) return in.assignee;
    if (!team.lead.empty()) return team.lead;
    return team.members.empty() ? team.manager : fmt::format("{}", fmt::join(team.members, ", "));
}

}  // namespace

bool reporter_may(const Incident& in, const UserAction& action) {
    if (action.authority != Authority::kReporter) return true;
    const bool own = in.facts.reported_by(action.actor);
    if (action.kind == ActionKind::kNote) return own && action.audience == Audience::kPublic;
    return own && (action.kind == ActionKind::kConfirm || action.kind == ActionKind::kRate ||
                   action.kind == ActionKind::kReopen);
}

std::vector<ActionKind> everybodys(std::vector<ActionKind> kinds) {
    std::erase_if(kinds, [](ActionKind kind) { return !is_everybodys(kind); });
    return kinds;
}

std::optional<Reason> why_not_theirs(const Incident& in, const UserAction& action,
                                     const Oncall& oncall) {
    // A public note speaks to the reporter for the team.
    const bool harmless = is_everybodys(action.kind) && action.audience == Audience::kInternal;
    if (action.authority != Authority::kResponder || harmless) return std::nullopt;
    const Team* const team = oncall.team(in.team);
    const bool bound = team != nullptr && oncall.person(action.actor) != nullptr &&
                       (!team->members.empty() || !team->lead.empty() || !team->manager.empty());
    if (!bound || is_of(*team, action.actor) || has_to_do_with_it(in, action.actor))
        return std::nullopt;
    UserAction as_reporter = action;
    as_reporter.authority = Authority::kReporter;
    if (reporter_may(in, as_reporter)) return std::nullopt;
    return because("{} is team {}'s: ask {}; you can note, link and watch",
                   {{in.key}, {team->name}, {whom_to_ask(in, *team)}});
}

}  // namespace tocsin::bridge
