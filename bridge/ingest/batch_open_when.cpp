// Alerts that open an incident only under a condition: held back until it is met, recorded as blips
// when they clear before.
#include <algorithm>
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {

// In the list of what can hold an alert back (suppressor_of): its condition of opening, until that
// is met. An incident that is open for its key takes it at once.
Result<std::optional<Suppressor>> Batch::waits_to_open(const AlertRecord& alert) {
    using Waits = std::optional<Suppressor>;
    if (alert.source == kSourceBridge || may_open_.contains(alert.identity)) return Waits();
    const OpenWhen* const condition = open_when_of(config_.open_when, alert.labels);
    if (condition == nullptr) return Waits();
    TOCSIN_TRY(const bool member, is_member(&alert));
    if (member) return Waits();
    const std::string key = key_of(alert);
    TOCSIN_TRY(const IncidentId holding, holder(key));
    if (holding) {
        TOCSIN_TRY(const Work* const work, load(holding));
        if (work != nullptr && is_open(work->now.state)) return Waits();
    }
    const auto& before = alert.suppressor;
    const bool waits =
        before && before->kind == SuppressorKind::kOpenWhen && before->id == condition->name;
    const Timestamp since = waits ? before->since : now_;
    TOCSIN_TRY(const bool met, is_met(*condition, alert.identity, key, since,
                                      waits ? Firing::kGoesOn : Firing::kBegins));
    if (met) {
        may_open_.insert(alert.identity);
        return Waits();
    }
    Suppressor by;
    by.kind = SuppressorKind::kOpenWhen;
    by.id = condition->name;
    by.name = condition->name + " " + phrase_of(*condition);
    by.since = since;
    by.until = due_of(*condition, since);
    return Waits(std::move(by));
}

// When it opens without another firing. One that cleared while the bridge was away has the time of
// a resend to say so.
Timestamp Batch::due_of(const OpenWhen& condition, Timestamp since) const {
    const Timestamp due = open_due(condition, since);
    return since < served_since_ ? std::max(due, served_since_ + kResend) : due;
}

Result<bool> Batch::is_met(const OpenWhen& condition, const std::string& identity,
                           const std::string& key, Timestamp since, Firing firing) {
    if (now_ >= due_of(condition, since)) return true;
    if (condition.count == 0) return false;
    // Counted once, when the alert begins to fire.
    if (firing == Firing::kGoesOn || !counted_.insert(identity).second) return false;
    if (!fired_.contains(key)) {
        TOCSIN_TRY(fired_[key], tx_.fired(key));
    }
    std::vector<Timestamp>& fired = fired_[key];
    fired = with_firing(std::move(fired), condition, now_);
    if (!may_open(condition, fired, since, now_)) return false;
    fired.clear();
    review_ = true;  // those of its key that waited with it come out with it
    return true;
}

std::string Batch::key_of(const AlertRecord& alert) const {
    const Routing routing = route(config_.routes, alert.labels);
    return dedup_key(*routing.owner, alert.labels, alert.annotations);
}

// It has cleared while it was held back.
void Batch::note_blip(const AlertRecord& known, const AlertRecord& cleared) {
    const auto& by = known.suppressor;
    if (!by || by->kind != SuppressorKind::kOpenWhen) return;
    blips_.push_back(blip_of(cleared, by->id, key_of(cleared), now_));
}

}  // namespace tocsin::bridge
