#include "bridge/incident/storm.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"
#include "bridge/incident/suppression.h"

namespace tocsin::bridge {
namespace {

std::string title_of(Incident::Kind kind, std::string_view group, int hosts, int children) {
    if (kind == Incident::Kind::kOverflow) {
        return fmt::format("Overflow: {} more incidents on {}", children, count_of(hosts, "host"));
    }
    return fmt::format("Storm: {} on {}", group, count_of(hosts, "host"));
}

EntryData facts_of(const StormNews& news) {
    return {{"hosts", std::to_string(news.hosts)},
            {"count", std::to_string(news.children)},
            {"open", std::to_string(news.open)},
            {"severity", news.severity},
            {"on", news.some_hosts}};
}

void take(Incident& in, const StormNews& news) {
    in.hosts = news.hosts;
    in.children = news.children;
    in.children_open = news.open;
    // Those that left count no more.
    in.children_most = std::min(std::max(in.children_most, news.open), news.children);
    if (!news.severity.empty()) in.severity = news.severity;
    in.title = title_of(in.kind, in.storm_group, news.hosts, news.children);
    for (const std::string& person : news.told) {
        if (std::find(in.told.begin(), in.told.end(), person) == in.told.end()) {
            in.told.push_back(person);
        }
    }
}

// Breadth is impact: what a hundred hosts have at once comes before what one of them has. One
// priority higher than the worst child for a storm, two from five times as many hosts as make one.
Priority priority_of(const StormNews& news, Incident::Kind kind, const Context& context) {
    int rise = kind == Incident::Kind::kStorm ? 1 : 0;
    if (rise > 0 && news.hosts > 5 * context.settings.storms.more_than) ++rise;
    const int wanted = std::max(1, static_cast<int>(news.priority) - rise);
    return priority_by(context.route, static_cast<Priority>(wanted));
}

// What somebody lowered stays lowered while its children want no more than they did then.
Priority wanted_of(const Incident& parent, const StormNews& news, const Context& context) {
    const Priority wanted = priority_of(news, parent.kind, context);
    const auto& lowered_from = parent.facts.lowered_from;
    return lowered_from && wanted >= *lowered_from ? parent.priority : wanted;
}

Duration window_of(const Incident& parent, const StormSettings& settings) {
    return parent.kind == Incident::Kind::kStorm ? settings.within : kFuseWindow;
}

// What the ladders of its children would have told: those of other policies than its own have
// stopped for a message that is to come from here.
void tell_policies(Draft& d, const std::vector<std::string>& policies, MessageKind kind) {
    Incident& in = d.in();
    for (const std::string& name : policies) {
        const Policy* const policy = d.context().oncall.policy(name);
        const auto& known = in.storm_policies;
        if (policy == nullptr || name == in.policy ||
            std::find(known.begin(), known.end(), name) != known.end()) {
            continue;
        }
        in.storm_policies.push_back(name);
        tell_first_step(d, *policy, kind);
    }
}

MessageKind message_of(const Incident& parent) {
    return parent.kind == Incident::Kind::kStorm ? MessageKind::kStorm : MessageKind::kOverflow;
}

enum class Ending { kNo, kSoon, kNow };

// Over when most of what it stood over has ended, and nothing more has come for as long as makes a
// storm: senders post one by one, so that in its first moments a storm has one child, and that is
// no rest.
Ending ending_of(const Incident& in, const StormNews& news, const StormSettings& settings,
                 Timestamp now) {
    if (news.grows || news.open >= in.children_most || news.open > storm_rest(in.children_most)) {
        return Ending::kNo;
    }
    return now < news.latest + window_of(in, settings) ? Ending::kSoon : Ending::kNow;
}

Decision end_storm(Draft& d, const StormNews& news) {
    Incident& in = d.in();
    const Timestamp at = in.stable_since.value_or(d.now());
    d.say("storm_over", kSystem,
          fmt::format("{} of {} still open: the storm is over", news.open,
                      count_of(news.children, "incident")),
          facts_of(news));
    if (wants_a_person(in)) {
        say_all_clear(d, at);
        return d.done("the storm is over; a person has to say so");
    }
    d.say("resolved", kSystem, "The storm is over: resolved",
          {{"resolved_at", format_rfc3339(at)}});
    resolve(d, at, kSystem, By::kItself);
    return d.done("the storm is over");
}

// The rest of the window, in which it may grow again. Settled anew when the timer is due.
Decision wait_for_end(Draft& d, const StormNews& news) {
    const Duration window = window_of(d.in(), d.context().settings.storms);
    if (!d.in().stable_since) d.in().stable_since = d.now();
    d.set(TimerKind::kStability, news.latest + window);
    return d.done("the storm may be over soon");
}

}  // namespace

std::optional<std::string> storm_group(const StormSettings& settings, const Labels& labels) {
    if (settings.more_than <= 0 || settings.by.empty()) return std::nullopt;
    std::string group;
    for (const std::string& name : settings.by) {
        const std::string_view value = labels.get(name);
        if (value.empty()) return std::nullopt;
        group += group.empty() ? "" : ",";
        group += fmt::format("{}=\"{}\"", name, value);
    }
    return group;
}

bool is_storm(const std::vector<StormMember>& members, const StormSettings& settings,
              Timestamp now) {
    std::set<std::string> hosts;
    int without = 0;
    for (const StormMember& member : members) {
        if (member.opened_at > now || now - member.opened_at > settings.within) continue;
        if (member.host.empty()) {
            ++without;
        } else {
            hosts.insert(member.host);
        }
    }
    return settings.more_than > 0 && static_cast<int>(hosts.size()) + without > settings.more_than;
}

bool comes_back(const Incident& before, const Incident& after) {
    if (after.state != State::kTriggered || after.suppressed || after.absorbed || after.observed ||
        after.is_parent() || wants_a_person(after)) {
        return false;
    }
    return before.state == State::kResolved || before.suppressed || before.observed;
}

bool fuse_blows(int opened_in_window, const StormSettings& settings) {
    return settings.fuse > 0 && opened_in_window > settings.fuse;
}

StormNews storm_news(const std::vector<StormMember>& children) {
    constexpr std::size_t kNamed = 5;
    StormNews news;
    std::set<std::string> hosts;
    news.priority = Priority::kP4;
    for (const StormMember& child : children) {
        ++news.children;
        news.latest = std::max(news.latest, child.opened_at);
        if (!child.host.empty()) hosts.insert(child.host);
        if (!child.open) continue;
        ++news.open;
        if (news.severity.empty() || child.priority < news.priority) news.severity = child.severity;
        news.priority = std::min(news.priority, child.priority);
    }
    news.hosts = static_cast<int>(hosts.size());
    std::size_t named = 0;
    for (const std::string& host : hosts) {
        if (named++ == kNamed) break;
        news.some_hosts += (news.some_hosts.empty() ? "" : ", ") + host;
    }
    if (hosts.size() > kNamed) news.some_hosts += ", …";
    return news;
}

int storm_rest(int most) {
    return std::max(1, most / 10);
}

Decision open_storm(const StormOpening& opening, const Context& context, Timestamp now) {
    Incident in;
    in.key = opening.key;
    in.dedup_key = opening.dedup_key;
    in.kind = opening.kind;
    in.storm_group = opening.group;
    in.labels = opening.labels;
    in.opened_at = now;
    in.route = context.route.name;
    in.team = opening.team;
    in.policy = opening.policy;
    in.service = opening.service;
    in.watchers = opening.watchers;
    take(in, opening.news);
    in.priority = priority_of(opening.news, in.kind, context);
    in.storm_step = in.hosts;

    Draft d(in, context, now);
    EntryData data = facts_of(opening.news);
    data["group"] = opening.group;
    data["priority"] = std::string(to_string(in.priority));
    d.say(in.kind == Incident::Kind::kStorm ? "storm" : "overflow", kSystem,
          fmt::format("{} ({}): {}", in.title, opening.news.some_hosts, to_string(in.priority)),
          std::move(data));
    const MessageKind kind = message_of(in);
    start_clocks(d);
    keep_facts(d);
    start_ladder(d, kind);
    for (const std::string& person : opening.news.told) d.tell_person(person, kind);
    d.tell_watchers(kind);
    return d.done("a storm");
}

void leave_storm(Draft& d, std::string_view why) {
    Incident& in = d.in();
    if (!in.absorbed) return;
    in.absorbed = false;
    d.say("left_storm", kSystem, fmt::format("No longer part of {}: {}", in.parent, why),
          {{"parent", in.parent}, {"reason", std::string(why)}});
}

bool leaves_by(ActionKind kind) {
    switch (kind) {
        case ActionKind::kAssign:
        case ActionKind::kEscalate:
        case ActionKind::kDecline:
        case ActionKind::kUnacknowledge:
        case ActionKind::kReopen:
            return true;
        default:
            return false;
    }
}

Decision on_storm(Draft& d, const StormNews& news) {
    Incident& in = d.in();
    if (!in.is_parent()) return d.nothing("it has no children");
    if (in.state == State::kClosed) return d.nothing("the storm is over");
    take(in, news);
    if (in.state == State::kResolved) {
        in.suppressed = news.grows ? news.held : std::nullopt;
        if (!news.grows) return d.done("the storm is over");
        in.children_most = news.open;
        take_priority(d, priority_of(news, in.kind, d.context()), kSystem);
        in.storm_step = in.hosts;
        reopen(d, kSystem, in.title, MessageKind::kStorm, facts_of(news));
        in.storm_policies.clear();
        tell_policies(d, news.policies, MessageKind::kStorm);
        return d.done("it storms again");
    }
    const Priority wanted = wanted_of(in, news, d.context());
    // Its last children clear as they were, so that nobody is woken by what ends.
    if (news.open > 0) {
        // What comes out comes out as what it has become.
        if (in.suppressed && !news.held) take_priority(d, wanted, kSystem);
        set_suppressed(d, news.held);
    }
    const Ending ending = ending_of(in, news, d.context().settings.storms, d.now());
    if (ending != Ending::kNo && in.facts.all_clear_since) {
        return d.nothing("the storm is over already");
    }
    if (ending == Ending::kNow) return end_storm(d, news);
    if (ending == Ending::kSoon) return wait_for_end(d, news);
    in.facts.all_clear_since.reset();
    if (in.stable_since) {
        in.stable_since.reset();
        d.cancel({TimerKind::kStability});
    }
    if (news.hosts >= 2 * in.storm_step) {  // each doubling is worth a line, not each host
        in.storm_step = news.hosts;
        d.say("storm_grew", kSystem, in.title, facts_of(news));
    }
    if (in.suppressed) {
        take_priority(d, wanted, kSystem);
        return d.done("the storm goes on, held back");
    }
    if (wanted < in.priority && in.opened_at == d.now()) {
        // It grew in the moment in which it opened: told once, as what it is.
        in.priority = wanted;
        d.drop_waiting(DropWaiting::What::kAll);
        start_ladder(d, message_of(in));
        tell_policies(d, std::exchange(in.storm_policies, {}), message_of(in));
    } else if (wanted < in.priority) {
        raise_priority(d, wanted, kSystem);
        if (in.state != State::kTriggered) ask_owner_again(d, MessageKind::kRaised);
    }
    tell_policies(d, news.policies, message_of(in));
    return d.done("the storm goes on");
}

namespace {

Decision absorb(Draft& d, const ParentNews& news) {
    Incident& in = d.in();
    if (in.absorbed || in.state != State::kTriggered) return d.nothing("it is owned already");
    in.parent = news.parent;
    in.parent_id = news.parent_id;
    in.absorbed = true;
    d.cancel({TimerKind::kEscalation});
    d.drop_waiting(DropWaiting::What::kAll);
    d.say("absorbed", kSystem,
          fmt::format("Part of {}: nobody is told of it by itself", news.parent),
          {{"parent", news.parent}});
    if (!news.owner.empty()) {
        acknowledge(d, news.owner);
        d.say("acknowledged", kSystem,
              fmt::format("{} has acknowledged {}", news.owner, news.parent),
              {{"person", news.owner}, {"parent", news.parent}});
    }
    return d.done("part of a storm");
}

// The parent's owner is the children's; one that somebody took for themselves stays theirs.
Decision follow_owner(Draft& d, const ParentNews& news) {
    Incident& in = d.in();
    if (!in.absorbed || !is_open(in.state)) return d.nothing("it stands on its own");
    if (!news.owner.empty()) {
        if (in.state != State::kTriggered && in.acknowledged_by != news.former) {
            return d.nothing("it has an owner of its own");
        }
        if (in.state != State::kTriggered && in.acknowledged_by == news.owner) {
            return d.nothing("it has this owner");
        }
        acknowledge(d, news.owner);
        d.say("acknowledged", kSystem,
              fmt::format("{} has acknowledged {}", news.owner, news.parent),
              {{"person", news.owner}, {"parent", news.parent}});
        return d.done("its storm has an owner");
    }
    if (in.state != State::kAcknowledged || in.acknowledged_by != news.former) {
        return d.nothing("it has an owner of its own");
    }
    to_triggered(d);
    in.assignee.clear();
    d.say("unacknowledged", kSystem, fmt::format("{} has no owner any more", news.parent),
          {{"parent", news.parent}});
    return d.done("its storm has no owner");
}

// Who owned the storm owns what is left of it, and has heard of it. Without an owner its own ladder
// begins, after the time that an owner would have had to answer.
Decision release(Draft& d, const ParentNews& news) {
    Incident& in = d.in();
    if (!in.absorbed) return d.nothing("it stands on its own");
    leave_storm(d, "the storm is over");
    if (in.state == State::kAcknowledged) in.acknowledged_priority = in.priority;
    if (in.state == State::kTriggered) {
        if (!news.owner.empty()) {
            acknowledge(d, news.owner);
            d.say("acknowledged", kSystem,
                  fmt::format("{} owned {} and owns what is left of it", news.owner, news.parent),
                  {{"person", news.owner}, {"parent", news.parent}});
        } else {
            in.step = in.step_told = in.step_failed = in.repeats = 0;
            wait_then_ladder(d);
        }
    }
    return d.done("the storm is over");
}

}  // namespace

Decision on_parent(Draft& d, const ParentNews& news) {
    switch (news.what) {
        case ParentNews::What::kAbsorbs:
            return absorb(d, news);
        case ParentNews::What::kOwner:
            return follow_owner(d, news);
        case ParentNews::What::kEnds:
            return release(d, news);
    }
    return d.nothing("nothing of its parent");
}

}  // namespace tocsin::bridge
