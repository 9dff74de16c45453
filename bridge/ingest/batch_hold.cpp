// What holds alerts back (bridge/incident/suppressor.h): asked for every alert that fires, and for
// all of them again when it changes.
#include <algorithm>
#include <utility>

#include "bridge/incident/observe.h"
#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

// That a silence matches is written this often at most.
constexpr Duration kMatchedEvery = 1h;

bool is_over(const AlertRecord& alert) {
    return alert.status == AlertStatus::kResolved;
}

// Held back outside of any incident now.
bool is_outside(const AlertRecord* known) {
    return known != nullptr && !known->incident && known->suppressor && !is_over(*known);
}

}  // namespace

Result<void> Batch::load_holders() {
    if (holders_back_) return success();
    Holders holders;
    TOCSIN_TRY(auto silences, tx_.live_silences());
    for (Silence& silence : silences) {
        std::string id = silence.id;
        holders.silences.emplace(std::move(id), std::move(silence));
    }
    TOCSIN_TRY(holders.sources, tx_.inhibitors());
    holders_back_ = std::move(holders);
    return success();
}

// Of several silences the one that ends last, so that one by one they change nothing.
std::optional<Suppressor> Batch::silenced_by(const AlertRecord& alert) {
    std::optional<Suppressor> by;
    for (auto& [id, silence] : holders_back_->silences) {
        if (!hides(silence, alert.labels, now_)) continue;
        if (!silence.matched_at || now_ - *silence.matched_at >= kMatchedEvery) {
            silence.matched_at = now_;
            changed_silences_.insert(id);
        }
        const Suppressor one = suppressor_by(silence, now_);
        if (!by || ends_before(*by, one)) by = one;
    }
    return by;
}

Result<bool> Batch::is_member(const AlertRecord* known) {
    if (known == nullptr || !known->incident) return false;
    TOCSIN_TRY(const Work* const work, load(known->incident));
    if (work == nullptr || work->now.state == State::kClosed) return false;
    const AlertRecord* there = work->now.alert(known->identity);
    return there != nullptr && !is_over(*there);
}

Result<Standing> Batch::standing_of(const AlertRecord& alert) {
    TOCSIN_TRY(const bool member, is_member(&alert));
    if (!member) return Standing::kOutside;
    TOCSIN_TRY(const Work* const work, load(alert.incident));
    return work->now.state == State::kTriggered ? Standing::kAsked : Standing::kTaken;
}

Result<std::optional<Suppressor>> Batch::inhibited_by(const AlertRecord& alert) {
    TOCSIN_TRY(load_holders());
    const auto& sources = holders_back_->sources;
    // Most alerts have no source at all, and need no look at their incident.
    if (inhibitor_of(config_.inhibit, sources, alert, Standing::kOutside, now_) == nullptr) {
        return std::optional<Suppressor>();
    }
    TOCSIN_TRY(const Standing standing, standing_of(alert));
    const InhibitSource* source = inhibitor_of(config_.inhibit, sources, alert, standing, now_);
    if (source == nullptr) return std::optional<Suppressor>();
    return std::optional(suppressor_by(*source, now_));
}

// The list of what can hold an alert back, in this order; the first answer counts.
Result<std::optional<Suppressor>> Batch::suppressor_of(const AlertRecord& alert) {
    TOCSIN_TRY(load_holders());
    std::optional<Suppressor> by = silenced_by(alert);
    if (!by) {
        TOCSIN_TRY(by, inhibited_by(alert));
    }
    if (!by) {
        TOCSIN_TRY(by, waits_to_open(alert));
    }
    const auto& before = alert.suppressor;
    if (by && before && before->kind == by->kind && before->id == by->id) by->since = before->since;
    return by;
}

void Batch::put_outside(const AlertRecord* known, std::optional<AlertRecord> record) {
    const std::string& identity = record ? record->identity : known->identity;
    auto [at, fresh] = outside_.try_emplace(identity);
    if (fresh && known != nullptr && !known->incident) at->second.before = *known;
    at->second.now = record;
    if (record) known_[identity] = std::move(record);
}

// News of what is held back outside that does not fire: its row is changed, nothing else.
bool Batch::hold_outside(Event& event, const AlertRecord* known) {
    if (!is_outside(known)) return false;
    AlertRecord record;
    if (auto* resolved = std::get_if<AlertResolved>(&event)) {
        record = std::move(resolved->alert);
        if (record.suppressor) record.suppressor->until.reset();  // nothing falls due any more
        log_.push_back(record.identity + ": cleared while it was held back");
        note_blip(*known, record);
    } else if (auto* unknown = std::get_if<AlertUnknown>(&event)) {
        record = std::move(unknown->alert);
    } else {
        return false;
    }
    put_outside(known, std::move(record));
    return true;
}

// Held back outside until now. One whose news has stopped ends as expired where its sender's
// setting says so; else it comes out as what it is.
Result<bool> Batch::comes_out(Event& event, const AlertRecord* known) {
    AlertRecord& record = std::get<AlertFiring>(event).alert;
    const auto setting = config_.incidents.expire_unknown.find(record.source);
    const bool expires = record.status == AlertStatus::kUnknown && !record.from_agent() &&
                         setting != config_.incidents.expire_unknown.end() &&
                         record.ends_at.value_or(now_) + setting->second <= now_;
    if (expires) {
        AlertRecord expired = record;
        expired.suppressor = known->suppressor;
        expired.suppressor->until.reset();
        expired.status = AlertStatus::kResolved;
        expired.levels.clear();
        put_outside(known, std::move(expired));
        return true;
    }
    released_.insert_or_assign(record.identity, *known->suppressor);
    log_.push_back(record.identity + ": no longer held back by " + phrase_of(*known->suppressor));
    put_outside(known, std::nullopt);
    return false;
}

Result<bool> Batch::hold(Event& event, const AlertRecord* known) {
    if (auto* resolved = std::get_if<AlertResolved>(&event)) {
        cleared_ = true;
        TOCSIN_TRY(note_source(resolved->alert));
        if (!is_outside(known)) resolved->alert.suppressor.reset();
    }
    if (hold_outside(event, known)) return true;
    const auto* unknown = std::get_if<AlertUnknown>(&event);
    if (unknown != nullptr && !unknown->alert.suppressor && !review_) {
        // What is unknown stands under its host's, whatever it did while it was known.
        TOCSIN_TRY(const auto by, inhibited_by(unknown->alert));
        review_ = by.has_value();
    }
    auto* firing = std::get_if<AlertFiring>(&event);
    if (firing == nullptr) return false;
    AlertRecord& record = firing->alert;
    // A new episode has nothing of the last one's.
    if (known == nullptr || is_over(*known)) record.suppressor.reset();
    TOCSIN_TRY(note_source(record));
    TOCSIN_TRY(const bool member, is_member(known));
    TOCSIN_TRY(const std::optional<Suppressor> by, suppressor_of(record));
    const std::optional<Suppressor> before = record.suppressor;
    record.suppressor = by;
    if (member && by) {
        event = AlertSuppressed{AlertRecord(record)};
        return false;
    }
    if (member) {
        if (before) event = AlertReleased{AlertRecord(record), *before};
        return false;
    }
    if (by) {
        record.incident = IncidentId{};
        if (!before) log_.push_back(record.identity + ": held back by " + phrase_of(*by));
        put_outside(known, record);
        return true;
    }
    if (!is_outside(known)) return false;
    return comes_out(event, known);
}

Result<void> Batch::note_source(const AlertRecord& alert) {
    TOCSIN_TRY(load_holders());
    auto& sources = holders_back_->sources;
    const auto known = std::find_if(sources.begin(), sources.end(), [&](const InhibitSource& s) {
        return s.identity == alert.identity;
    });
    const bool was = known != sources.end() && !known->ends_at;
    // What is only observed changes nothing for others.
    const bool is = !is_over(alert) && is_source(config_.inhibit, alert.labels) &&
                    !is_observed(config_.observe, alert.labels, alert.annotations);
    if (!was && !is) return success();
    AlertRecord as_is = alert;
    if (!is) as_is.status = AlertStatus::kResolved;  // its labels may have left the rule
    // One that has settled is over; this is another episode.
    const bool over = known == sources.end() || (known->ends_at && *known->ends_at <= now_);
    const InhibitSource next = source_of(as_is, over ? nullptr : &*known, now_);
    if (was != is) review_ = true;
    if (is && !was) new_sources_.insert(alert.identity);
    if (known == sources.end()) {
        sources.push_back(next);
    } else if (*known == next) {
        return success();
    } else {
        *known = next;
    }
    changed_sources_.insert(alert.identity);
    return success();
}

// Its alert has gone without a word (its incident was closed while it was unknown).
void Batch::end_lost_sources(const std::set<std::string>& current) {
    auto& sources = holders_back_->sources;
    for (InhibitSource& source : sources) {
        if (source.ends_at || current.contains(source.identity)) continue;
        source.ends_at = now_ + kInhibitSettle;
        changed_sources_.insert(source.identity);
    }
}

// Somebody owns it already: it is told what may be its cause, and nothing else changes.
Result<void> Batch::link_cause(const AlertRecord& alert) {
    if (new_sources_.empty()) return success();
    const InhibitSource* cause = cause_of(config_.inhibit, holders_back_->sources, alert, now_);
    if (cause == nullptr || !new_sources_.contains(cause->identity)) return success();
    TOCSIN_TRY(const Standing standing, standing_of(alert));
    if (standing != Standing::kTaken) return success();
    CauseFound found{cause->name, ""};
    const auto source = known_.find(cause->identity);
    if (source != known_.end() && source->second && source->second->incident) {
        TOCSIN_TRY(const Work* const theirs, load(source->second->incident));
        if (theirs != nullptr) found.incident = theirs->now.key;
    }
    if (!linked_.insert(alert.incident).second) return success();
    TOCSIN_TRY(Work* const work, load(alert.incident));
    absorb(*work, decide(work->now, Event{found}, context_of(work->now), now_));
    return success();
}

Result<void> Batch::review_one(const std::string& identity) {
    TOCSIN_TRY(const AlertRecord* known, known_alert(identity));
    if (known == nullptr || is_over(*known)) return success();
    const AlertRecord record = *known;
    TOCSIN_TRY(const auto by, suppressor_of(record));
    if (by == record.suppressor) return by ? success() : link_cause(record);
    return alert_event(AlertFiring{record}, &record);
}

// What is held back at once goes mildest first and comes out worst first: so an incident's level
// does not fall and rise on the way.
std::vector<std::string> Batch::review_order(const std::set<std::string>& current) const {
    std::vector<std::pair<Level, std::string>> loose;
    std::vector<std::pair<Level, std::string>> held;
    for (const std::string& identity : current) {
        const AlertRecord& alert = *known_.at(identity);
        (alert.suppressor ? held : loose)
            .emplace_back(config_.priorities.level(alert.severity), identity);
    }
    const auto milder = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(loose.begin(), loose.end(), milder);
    std::stable_sort(held.rbegin(), held.rend(), milder);
    std::vector<std::string> order;
    order.reserve(current.size());
    for (auto* alerts : {&loose, &held}) {
        for (auto& [level, identity] : *alerts) order.push_back(std::move(identity));
    }
    return order;
}

Result<void> Batch::review_if_wanted() {
    // What comes out may be a source; it was one before, so a second look finds nothing more.
    for (int round = 0; review_ && round < 3; ++round) {
        review_ = false;
        TOCSIN_TRY(load_holders());
        TOCSIN_TRY(auto stored, tx_.current_alerts());
        std::set<std::string> current;
        for (AlertRecord& alert : stored) {
            current.insert(alert.identity);
            std::string identity = alert.identity;
            known_.try_emplace(std::move(identity), std::move(alert));
        }
        for (const auto& [identity, record] : known_) {
            if (!record || is_over(*record)) {
                current.erase(identity);
            } else {
                current.insert(identity);
            }
        }
        for (const std::string& identity : current) {
            const AlertRecord record = *known_.at(identity);
            TOCSIN_TRY(note_source(record));
        }
        end_lost_sources(current);
        for (const std::string& identity : review_order(current)) {
            TOCSIN_TRY(review_one(identity));
        }
        new_sources_.clear();
    }
    review_ = false;
    return success();
}

// A storm has no alerts of its own, and is over before the last of its group has cleared.
Result<bool> Batch::fires_any(const Matchers& matchers) {
    const auto fires = [&](const AlertRecord& alert) {
        return !is_over(alert) && matches_all(matchers, alert.labels);
    };
    for (const auto& [identity, record] : known_) {
        if (record && fires(*record)) return true;
    }
    TOCSIN_TRY(const auto stored, tx_.current_alerts());
    return std::any_of(stored.begin(), stored.end(), [&](const AlertRecord& alert) {
        return !known_.contains(alert.identity) && fires(alert);
    });
}

// Silences that were made until an incident's alerts have cleared.
Result<void> Batch::end_until_clear() {
    if (!cleared_) return success();
    TOCSIN_TRY(load_holders());
    for (auto& [id, silence] : holders_back_->silences) {
        if (!silence.incident || status_of(silence, now_) == SilenceStatus::kExpired) continue;
        TOCSIN_TRY(const Work* const work, load(silence.incident));
        const bool storm = work != nullptr && work->now.is_parent();
        bool fires =
            work != nullptr && std::any_of(work->now.alerts.begin(), work->now.alerts.end(),
                                           [](const AlertRecord& a) { return !is_over(a); });
        if (storm) {
            TOCSIN_TRY(fires, fires_any(silence.matchers));
        }
        if (fires) continue;
        silence = advance_silence(expire_silence(silence, now_), now_).next;
        changed_silences_.insert(id);
        log_.push_back("silence " + id + ": what it was made for has cleared");
        review_ = true;
    }
    return success();
}

void Batch::collect_held(Changes& changes) {
    for (const auto& [identity, row] : outside_) {
        if (!row.now) {
            changes.released.push_back(identity);
        } else if (!row.before ||
                   (*row.before != *row.now && !is_mere_resend(*row.before, *row.now, now_))) {
            changes.alerts.push_back(*row.now);
        }
    }
    if (!holders_back_) return;
    for (const std::string& id : changed_silences_) {
        const auto found = holders_back_->silences.find(id);
        if (found != holders_back_->silences.end()) changes.silences.push_back(found->second);
    }
    changes.forgotten_silences.assign(forgotten_silences_.begin(), forgotten_silences_.end());
    for (InhibitSource& source : holders_back_->sources) {
        if (source.ends_at && *source.ends_at <= now_) {
            changes.forgotten_inhibitors.push_back(source.identity);
            continue;
        }
        if (!changed_sources_.contains(source.identity)) continue;
        const auto record = known_.find(source.identity);
        if (record != known_.end() && record->second) source.incident = record->second->incident;
        changes.inhibitors.push_back(source);
    }
}

}  // namespace tocsin::bridge
