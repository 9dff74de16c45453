// What people say of a host, over all of its incidents in one transaction.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "bridge/incident/dedup.h"
#include "bridge/incident/host_moves.h"
#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

std::string counted(int n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

Answer said(std::string result) {
    ActionDone done;
    done.reason = std::move(result);
    return done;
}

}  // namespace

Result<Answer> Batch::host_move(const HostIn& in) {
    TOCSIN_TRY(const HostRow* const known, host_row(in.host));
    const std::optional<HostRow> row = known == nullptr ? std::nullopt : std::optional(*known);
    const bool retires = in.move == HostIn::Move::kRetire;
    const Error nothing(ErrorCode::kNotFound,
                        "there is no host " + in.host + "; tocsin hosts list shows those that are",
                        Retry::kNo);
    if (!row && !retires) return nothing;
    Answer answer;
    TOCSIN_TRY(const int expected, move_expected(in));
    if (retires) {
        TOCSIN_TRY(const int ended, end_alerts_of(in.host, kRetired));
        // A host of other senders has no agent, and is retired like any other.
        if (!row && ended + expected == 0) return nothing;
        answer = said("retired; " + counted(ended, "alert") + " ended");
    } else {
        TOCSIN_TRY(const int incidents, rename_incidents(in));
        TOCSIN_TRY(const HostRow* const there, host_row(in.to));
        HostRow moved = there != nullptr ? *there : *row;
        moved.record = renamed(row->record, there == nullptr ? nullptr : &there->record, in.to);
        moved.first_seen = std::min(moved.first_seen, row->first_seen);
        hosts_[in.to] = std::move(moved);
        changed_hosts_.insert(in.to);
        notable_hosts_.insert(in.to);
        answer = said("renamed; " + counted(incidents, "incident") + " with it");
    }
    log_.push_back(in.actor + (retires ? " retires " : " renames ") + in.host +
                   (in.to.empty() ? "" : " to " + in.to));
    if (row) {
        changed_hosts_.erase(in.host);
        hosts_[in.host] = std::nullopt;
        removed_hosts_.push_back(in.host);
    }
    return answer;
}

// How many ended. Of incidents that are not closed; those of this batch are loaded already.
Result<int> Batch::end_alerts_of(const std::string& host, std::string_view reason) {
    TOCSIN_TRY(const std::vector<AlertRecord> stored, tx_.alerts_of_host(host));
    std::set<IncidentId> ids;
    for (const AlertRecord& alert : stored) ids.insert(alert.incident);
    for (const auto& [id, work] : work_) ids.insert(id);
    int ended = 0;
    for (const AlertRecord& alert : stored) {
        if (alert.incident || alert.status == AlertStatus::kResolved) continue;
        TOCSIN_TRY(alert_event(ended_with_host(alert, reason, now_), &alert));
        ++ended;
    }
    for (const IncidentId id : ids) {
        TOCSIN_TRY(Work* const work, load(id));
        if (work == nullptr || work->now.state == State::kClosed) continue;
        const std::vector<AlertRecord> alerts = work->now.alerts;
        for (const AlertRecord& alert : alerts) {
            if (alert.host != host || alert.status == AlertStatus::kResolved) continue;
            TOCSIN_TRY(alert_event(ended_with_host(alert, reason, now_), &alert));
            ++ended;
        }
    }
    return ended;
}

Result<int> Batch::rename_incidents(const HostIn& in) {
    TOCSIN_TRY(const std::vector<AlertRecord> stored, tx_.alerts_of_host(in.host));
    std::set<IncidentId> ids;
    for (const AlertRecord& alert : stored) ids.insert(alert.incident);
    for (const auto& [id, work] : work_) ids.insert(id);
    int renamed_ones = 0;
    for (const IncidentId id : ids) {
        TOCSIN_TRY(Work* const work, load(id));
        if (work == nullptr || work->now.state == State::kClosed) continue;
        TOCSIN_TRY(const bool done, rename_in(*work, in));
        if (done) ++renamed_ones;
    }
    // The silence of the old name, and what the new one has told already.
    TOCSIN_TRY(end_alerts_of(in.host, kRenamed));
    return renamed_ones;
}

// False when the incident has none of the host's alerts, or the new name has an incident of its
// own.
Result<bool> Batch::rename_in(Work& work, const HostIn& in) {
    const auto first =
        std::find_if(work.now.alerts.begin(), work.now.alerts.end(),
                     [&](const AlertRecord& alert) { return alert.host == in.host; });
    if (first == work.now.alerts.end() || first->labels.get("alertname") == "HostUnreachable") {
        return false;
    }
    const AlertRecord as = renamed(*first, in.to);
    HostRenamed event;
    event.from = in.host;
    event.to = in.to;
    event.actor = in.actor;
    // A new host's list stays its list, what was split off stays split off.
    if (work.now.kind == Incident::Kind::kJoin) {
        event.dedup_key = join_key(in.to);
    } else if (work.now.dedup_key.starts_with("split:")) {
        event.dedup_key = work.now.dedup_key;
    } else {
        event.dedup_key = dedup_key(config_.route_named(work.now.route), as.labels, as.annotations);
    }
    const std::string old_key = work.now.dedup_key;
    TOCSIN_TRY(const IncidentId holding, holder(event.dedup_key));
    if (holding && holding != work.now.id) return false;
    TOCSIN_TRY(const IncidentId held, holder(old_key));
    const std::vector<AlertRecord> before = work.now.alerts;
    Decision decision = decide(work.now, Event{event}, context_of(work.now), now_);
    if (!decision.changed) return false;
    absorb(work, std::move(decision));
    if (held == work.now.id && event.dedup_key != old_key) {
        holders_[old_key] = IncidentId{};
        holders_[event.dedup_key] = work.now.id;
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        const AlertRecord& after = work.now.alerts.at(i);
        if (after.identity != before[i].identity) {
            removed_alerts_.emplace_back(before[i].identity, work.now.id);
            known_[before[i].identity] = std::nullopt;
        }
        known_[after.identity] = after;
    }
    return true;
}

}  // namespace tocsin::bridge
