// What a batch writes in the end.
#include <algorithm>
#include <utility>

#include "bridge/incident/mirror.h"
#include "bridge/ingest/batch.h"

namespace tocsin::bridge {

// A resend that tells nothing but "still": its new end is worth a write only when less than half
// of the time is left that it would give (design: Store).
bool is_mere_resend(const AlertRecord& before, const AlertRecord& after, Timestamp now) {
    if (!before.ends_at || !after.ends_at) return false;
    AlertRecord same = after;
    same.ends_at = before.ends_at;
    same.last_seen = before.last_seen;
    if (same.levels.size() != before.levels.size()) return false;
    for (auto& [severity, level] : same.levels) {
        const auto old = before.levels.find(severity);
        if (old == before.levels.end()) return false;
        level.ends_at = old->second.ends_at;
    }
    return same == before && (*before.ends_at - now) * 2 >= *after.ends_at - now;
}

void Batch::collect_alerts(const Work& work, Changes& changes) const {
    for (const AlertRecord& alert : work.now.alerts) {
        const AlertRecord* before = work.before.alert(alert.identity);
        if (before != nullptr && (*before == alert || is_mere_resend(*before, alert, now_))) {
            continue;
        }
        changes.alerts.push_back(alert);
    }
    for (const AlertRecord& alert : work.before.alerts) {  // split off
        if (work.now.alert(alert.identity) == nullptr) {
            changes.moved_alerts.emplace_back(alert.identity, work.now.id);
        }
    }
}

void Batch::collect_keys(Changes& changes) const {
    for (const auto& [key, id] : holders_) {
        const auto stored = stored_holders_.find(key);
        const IncidentId before = stored == stored_holders_.end() ? IncidentId{} : stored->second;
        if (before == id) continue;
        if (before) changes.freed_keys.push_back(key);
        if (id) changes.keys.emplace_back(key, id);
    }
}

// Once a commit, however many decisions there were.
void Batch::mirror(IncidentId id, Work& work) {
    const Route& route = config_.route_named(work.now.route);
    for (const Notify& notify : mirrored(work.before, work.now, route, now_)) effect(id, notify);
}

Result<Committed> Batch::finish() {
    TOCSIN_TRY(end_until_clear());
    TOCSIN_TRY(review_if_wanted());
    TOCSIN_TRY(settle_storms());
    TOCSIN_TRY(note_knowledge());
    TOCSIN_TRY(skip_ends_nobody_awaits());
    Changes changes;
    Committed committed;
    changes.now = now_;
    for (auto& [id, work] : work_) {
        collect_alerts(work, changes);
        if (!work.touched) continue;
        mirror(id, work);
        changes.incidents.push_back(work.now);
        committed.incidents.push_back(std::move(work.now));
    }
    collect_keys(changes);
    collect_held(changes);
    changes.timeline = std::move(timeline_);
    changes.drop_waiting.assign(dropped_.begin(), dropped_.end());
    committed.messages = std::any_of(effects_.begin(), effects_.end(), [](const EffectRow& row) {
        return row.state == EffectState::kWaiting;
    });
    changes.effects = std::move(effects_);
    changes.settled = std::move(settled_);
    changes.stuck = std::move(stuck_);
    committed.messages = committed.messages || !requeued_.empty();
    changes.requeued = std::move(requeued_);
    for (const auto& [timer, due] : timers_) {
        if (due) {
            changes.timers.push_back({timer.first, timer.second, *due});
        } else {
            changes.cancelled.push_back(timer);
        }
    }
    for (const std::string& name : changed_hosts_) {
        if (hosts_.at(name)) changes.hosts.push_back(*hosts_.at(name));
    }
    for (const std::string& name : notable_hosts_) {
        if (hosts_.at(name)) committed.hosts.push_back(*hosts_.at(name));
    }
    changes.counters = counters_;
    for (const auto& [id, member] : members_) changes.noise.members.push_back(member);
    changes.noise.ended_storms = std::move(ended_storms_);
    collect_expected(changes);
    changes.noise.fired = std::move(fired_);
    changes.noise.blips = std::move(blips_);
    changes.noise.observed = std::move(observed_);
    changes.noise.removed_hosts = std::move(removed_hosts_);
    changes.noise.removed_alerts = std::move(removed_alerts_);
    changes.noise.forget_before = now_ - std::max(config_.incidents.storms.within, kFuseWindow);
    changes.knowledge = std::move(knowledge_);
    committed.log = std::move(log_);
    if (changes.empty()) return committed;
    TOCSIN_TRY(committed.newest_entry, tx_.write(changes));
    return committed;
}

}  // namespace tocsin::bridge
