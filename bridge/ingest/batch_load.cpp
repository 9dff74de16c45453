// What a batch reads: in a few statements beforehand, and one by one what was not foreseen.
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {

Result<void> Batch::load_oncall() {
    if (config_.oncall.rotations.empty()) return success();
    TOCSIN_TRY(const auto rows, tx_.overrides(now_));
    if (rows.empty()) return success();
    oncall_ = config_.oncall;
    oncall_->set_overrides(effective(rows));
    return success();
}

Result<Batch::Work*> Batch::load(IncidentId id) {
    const auto found = work_.find(id);
    if (found != work_.end()) return &found->second;
    TOCSIN_TRY(auto rows, tx_.incidents({id}));
    if (rows.empty()) return nullptr;
    Work work;
    work.before = rows.begin()->second;
    work.now = work.before;
    return &work_.emplace(id, std::move(work)).first->second;
}

Result<const AlertRecord*> Batch::known_alert(const std::string& identity) {
    auto found = known_.find(identity);
    if (found == known_.end()) {
        TOCSIN_TRY(auto rows, tx_.alerts({identity}));
        const auto row = rows.find(identity);
        std::optional<AlertRecord> record;
        if (row != rows.end()) record = std::move(row->second);
        found = known_.emplace(identity, std::move(record)).first;
    }
    return found->second ? &*found->second : nullptr;
}

Result<IncidentId> Batch::holder(const std::string& dedup_key) {
    const auto found = holders_.find(dedup_key);
    if (found != holders_.end()) return found->second;
    TOCSIN_TRY(auto rows, tx_.holders({dedup_key}));
    const auto row = rows.find(dedup_key);
    const IncidentId id = row == rows.end() ? IncidentId{} : row->second;
    stored_holders_[dedup_key] = id;
    holders_[dedup_key] = id;
    return id;
}

Result<Batch::Work*> Batch::closed_before(const std::string& dedup_key) {
    auto found = last_ended_.find(dedup_key);
    if (found == last_ended_.end()) {
        TOCSIN_TRY(const auto rows, tx_.last_ended({dedup_key}));
        const auto row = rows.find(dedup_key);
        const IncidentId id = row == rows.end() ? IncidentId{} : row->second;
        found = last_ended_.emplace(dedup_key, id).first;
    }
    if (!found->second) return nullptr;
    TOCSIN_TRY(Work* const work, load(found->second));
    return work != nullptr && work->now.state == State::kClosed ? work : nullptr;
}

Result<const HostRow*> Batch::host_row(const std::string& name) {
    auto found = hosts_.find(name);
    if (found == hosts_.end()) {
        TOCSIN_TRY(auto rows, tx_.hosts({name}));
        const auto row = rows.find(name);
        std::optional<HostRow> host;
        if (row != rows.end()) host = std::move(row->second);
        found = hosts_.emplace(name, std::move(host)).first;
    }
    return found->second ? &*found->second : nullptr;
}

Result<void> Batch::prefetch(const std::vector<const Input*>& inputs) {
    std::set<std::string> identities;
    std::set<std::string> keys;
    std::set<std::string> hosts;
    for (const Input* input : inputs) {
        if (const auto* in = std::get_if<HeartbeatIn>(input)) hosts.insert(in->report.host);
        const auto* in = std::get_if<AlertsIn>(input);
        if (in == nullptr) continue;
        for (const Alert& alert : in->alerts) {
            identities.insert(identity_of(alert));
            const Routing routing = route(config_.routes, alert.labels);
            keys.insert(dedup_key(*routing.owner, alert.labels, alert.annotations));
        }
    }
    TOCSIN_TRY(auto alerts, tx_.alerts({identities.begin(), identities.end()}));
    for (const std::string& identity : identities) known_[identity];
    std::set<IncidentId> incidents;
    for (auto& [identity, record] : alerts) {
        incidents.insert(record.incident);
        known_[identity] = std::move(record);
    }
    TOCSIN_TRY(auto holders, tx_.holders({keys.begin(), keys.end()}));
    for (const std::string& key : keys) stored_holders_[key];
    for (const auto& [key, id] : holders) {
        stored_holders_[key] = id;
        incidents.insert(id);
    }
    holders_ = stored_holders_;
    std::vector<std::string> unheld;  // whatever opens under one of these comes after what had it
    for (const auto& [key, id] : stored_holders_) {
        if (!id) unheld.push_back(key);
    }
    TOCSIN_TRY(auto ended, tx_.last_ended(unheld));
    for (const std::string& key : unheld) last_ended_[key];
    for (const auto& [key, id] : ended) {
        last_ended_[key] = id;
        incidents.insert(id);
    }
    TOCSIN_TRY(auto rows, tx_.incidents({incidents.begin(), incidents.end()}));
    for (auto& [id, incident] : rows) work_[id] = Work{incident, std::move(incident), false};
    TOCSIN_TRY(auto host_rows, tx_.hosts({hosts.begin(), hosts.end()}));
    for (const std::string& name : hosts) hosts_[name];
    for (auto& [name, row] : host_rows) hosts_[name] = std::move(row);
    return success();
}

}  // namespace tocsin::bridge
