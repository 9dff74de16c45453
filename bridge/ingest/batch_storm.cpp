// Storms over the batch: decisions on several incidents that are written as one.
#include <algorithm>
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

// Who owns the storm: who has acknowledged it.
std::string owner_of(const Incident& parent) {
    const bool owned = parent.state == State::kAcknowledged || parent.state == State::kPending;
    return owned ? parent.acknowledged_by : std::string();
}

Labels labels_of(const StormSettings& settings, const Labels& all) {
    LabelsBuilder labels;
    for (const std::string& name : settings.by) labels.set(name, all.get(name));
    return labels.build();
}

}  // namespace

Result<void> Batch::load_parent(const Incident& incident) {
    if (!incident.absorbed) return success();
    TOCSIN_TRY(load(incident.parent_id));
    return success();
}

// An incident has opened, or opened again: it joins a storm that is on, or is the one that makes a
// storm.
Result<void> Batch::storms_opened(IncidentId id) {
    const StormSettings& settings = config_.incidents.storms;
    const Incident& in = work_.at(id).now;
    if (in.observed) return success();  // nobody is told of it, nor of what it would be part of
    StormMember me;
    me.incident = id;
    me.group = storm_group(settings, in.labels).value_or("");
    me.host = std::string(in.labels.get("host"));
    me.opened_at = now_;
    me.priority = in.priority;
    me.severity = in.severity;
    members_[id] = me;

    if (!me.group.empty()) {
        TOCSIN_TRY(const IncidentId parent, holder(storm_key(me.group)));
        if (parent) {
            TOCSIN_TRY(const Work* const storm, load(parent));
            if (storm != nullptr && is_open(storm->now.state)) return adopt(parent, {id});
        }
        TOCSIN_TRY(auto stored, tx_.storm_members(me.group, now_ - settings.within));
        std::map<IncidentId, StormMember> all;
        for (StormMember& member : stored) all.emplace(member.incident, std::move(member));
        for (const auto& [other, member] : members_) {
            if (member.group == me.group) all[other] = member;
        }
        std::vector<StormMember> members;
        std::vector<IncidentId> ids;
        for (const auto& [other, member] : all) {
            if (member.parent || now_ - member.opened_at > settings.within) continue;
            members.push_back(member);
            ids.push_back(other);
        }
        if (is_storm(members, settings, now_)) {
            return begin_storm(me, Incident::Kind::kStorm, ids);
        }
    }
    TOCSIN_TRY(int alone, tx_.opened_alone(now_ - kFuseWindow));
    for (const auto& [other, member] : members_) {
        if (!member.parent && member.opened_at == now_) ++alone;
    }
    if (!fuse_blows(alone, settings)) return success();
    return begin_storm(me, Incident::Kind::kOverflow, {id});
}

Result<void> Batch::begin_storm(const StormMember& last, Incident::Kind kind,
                                const std::vector<IncidentId>& members) {
    TOCSIN_TRY(const IncidentId parent, storm_parent(last, kind, members));
    return adopt(parent, members);
}

// The incident that stands over the group: one that is there (it opens again), else a new one.
Result<IncidentId> Batch::storm_parent(const StormMember& last, Incident::Kind kind,
                                       const std::vector<IncidentId>& members) {
    const bool storm = kind == Incident::Kind::kStorm;
    const std::string key = storm ? storm_key(last.group) : std::string(kOverflowKey);
    TOCSIN_TRY(const IncidentId holding, holder(key));
    if (holding) return holding;

    const Incident& child = work_.at(last.incident).now;
    StormOpening opening;
    TOCSIN_TRY(const IncidentId id, next_id(opening.key));
    opening.dedup_key = key;
    opening.kind = kind;
    if (storm) {
        opening.group = last.group;
        opening.labels = labels_of(config_.incidents.storms, child.labels);
    }
    opening.team = child.team;
    opening.policy = child.policy;
    opening.service = child.service;
    opening.watchers = child.watchers;
    TOCSIN_TRY(auto loaded, tx_.incidents(members));
    std::vector<StormMember> rows;
    for (const IncidentId member : members) {
        const auto here = work_.find(member);
        const auto there = loaded.find(member);
        const Incident* const in = here != work_.end()     ? &here->second.now
                                   : there != loaded.end() ? &there->second
                                                           : nullptr;
        if (in == nullptr || in->state != State::kTriggered) continue;
        StormMember row = last;
        row.host = std::string(in->labels.get("host"));
        row.priority = in->priority;
        row.severity = in->severity;
        rows.push_back(row);
    }
    opening.news = storm_news(rows);
    Context context = context_of(child);
    context.parent = nullptr;
    Decision opened = open_storm(opening, context, now_);
    if (storm) {
        TOCSIN_TRY(Work* const before, closed_before(key));
        link(before, opened);
    }
    create(id, std::move(opened), key);
    return id;
}

Result<void> Batch::adopt(IncidentId parent, const std::vector<IncidentId>& children) {
    TOCSIN_TRY(Work* const storm, load(parent));
    if (storm == nullptr) return success();
    ParentNews news;
    news.parent_id = parent;
    news.parent = storm->now.key;
    news.owner = owner_of(storm->now);
    StormNews& grown = storms_[parent];
    for (const IncidentId id : children) {
        TOCSIN_TRY(Work* const work, load(id));
        if (work == nullptr) continue;
        Decision decision = decide(work->now, Event{news}, context_of(work->now), now_);
        if (!decision.next.absorbed) continue;
        // One that opened just now has told nobody yet: what it queued is dropped. One that opened
        // again has told of its first time.
        if (!work->before.key.empty()) {
            for (const std::string& person : work->now.told) grown.told.push_back(person);
        }
        grown.policies.push_back(work->now.policy);
        grown.grows = true;
        absorb(*work, std::move(decision));
        StormMember& member = members_[id];
        member.incident = id;
        member.parent = parent;
    }
    return success();
}

// As they are after this batch's decisions; rows that changed are in members_.
Result<std::vector<StormMember>> Batch::children_of(IncidentId parent) {
    TOCSIN_TRY(auto stored, tx_.storm_children(parent));
    std::map<IncidentId, StormMember> all;
    for (StormMember& member : stored) all.emplace(member.incident, std::move(member));
    for (const auto& [id, member] : members_) {
        if (member.parent == parent) all[id] = member;
    }
    std::vector<StormMember> out;
    for (auto& [id, member] : all) {
        const auto work = work_.find(id);
        if (work != work_.end()) {
            const Incident& in = work->second.now;
            StormMember now = member;
            now.host = member.host.empty() ? std::string(in.labels.get("host")) : member.host;
            now.opened_at = std::max(member.opened_at, in.opened_at);
            now.open = is_open(in.state);
            now.priority = in.priority;
            now.severity = in.severity;
            now.held = now.open && in.suppressed.has_value();
            if (!in.absorbed) now.parent = IncidentId{};
            if (now != member) members_[id] = now;
            member = now;
        }
        if (member.parent) out.push_back(std::move(member));
    }
    return out;
}

// What holds all of its open children back, the longest; none when one of them is not held back.
// All of them are read only when it may be another than before.
Result<std::optional<Suppressor>> Batch::held_children(const Incident& parent,
                                                       const std::vector<StormMember>& children) {
    std::vector<IncidentId> open;
    for (const StormMember& child : children) {
        if (!child.open) continue;
        if (!child.held) return std::optional<Suppressor>();
        open.push_back(child.incident);
    }
    const bool same = std::none_of(work_.begin(), work_.end(), [&](const auto& item) {
        const auto& [before, now, touched] = item.second;
        return now.parent_id == parent.id &&
               (before.suppressed != now.suppressed || before.absorbed != now.absorbed ||
                is_open(before.state) != is_open(now.state));
    });
    if (same && parent.suppressed) return parent.suppressed;
    std::vector<IncidentId> missing;
    std::optional<Suppressor> longest;
    const auto add = [&](const std::optional<Suppressor>& by) {
        if (by && (!longest || ends_before(*longest, *by))) longest = by;
    };
    for (const IncidentId id : open) {
        const auto work = work_.find(id);
        if (work == work_.end()) {
            missing.push_back(id);
        } else {
            add(work->second.now.suppressed);
        }
    }
    TOCSIN_TRY(const auto rows, tx_.incidents(missing));
    for (const auto& [id, incident] : rows) add(incident.suppressed);
    return longest;
}

Result<void> Batch::settle_storms() {
    // Settling one touches its children, and so itself again: each once.
    std::vector<IncidentId> ids;
    for (const auto& [id, news] : storms_) ids.push_back(id);
    for (const IncidentId id : ids) {
        TOCSIN_TRY(settle_storm(id));
    }
    return success();
}

Result<void> Batch::settle_storm(IncidentId id) {
    TOCSIN_TRY(Work* const storm, load(id));
    if (storm == nullptr || storm->now.state == State::kClosed) return success();
    TOCSIN_TRY(const std::vector<StormMember> children, children_of(id));
    if (children.empty()) return success();
    StormNews news = storm_news(children);
    TOCSIN_TRY(news.held, held_children(storm->now, children));
    news.grows = storms_[id].grows;
    news.told = storms_[id].told;
    news.policies = storms_[id].policies;
    absorb(*storm, decide(storm->now, Event{news}, context_of(storm->now), now_));

    ParentNews word;
    word.parent_id = id;
    word.parent = storm->now.key;
    word.former = owner_of(storm->before);
    if (is_open(storm->now.state)) {
        word.what = ParentNews::What::kOwner;
        word.owner = owner_of(storm->now);
        if (word.owner == word.former) return success();
        return tell_children(id, children, word);
    }
    word.what = ParentNews::What::kEnds;
    // Who resolved it by hand, or had it.
    word.owner = storm->now.acknowledged_by;
    TOCSIN_TRY(tell_children(id, children, word));
    ended_storms_.push_back(id);
    for (const StormMember& child : children) members_.erase(child.incident);
    return success();
}

Result<void> Batch::tell_children(IncidentId parent, const std::vector<StormMember>& children,
                                  ParentNews news) {
    std::vector<IncidentId> missing;
    for (const StormMember& child : children) {
        if (!work_.contains(child.incident)) missing.push_back(child.incident);
    }
    TOCSIN_TRY(auto rows, tx_.incidents(missing));
    for (auto& [id, incident] : rows) work_[id] = Work{incident, std::move(incident), false};
    for (const StormMember& child : children) {
        const auto work = work_.find(child.incident);
        if (work == work_.end()) continue;
        Context context = context_of(work->second.now);
        absorb(work->second, decide(work->second.now, Event{news}, context, now_));
    }
    storms_.erase(parent);
    return success();
}

}  // namespace tocsin::bridge
