// Silences and one-off maintenance windows: made, changed, ended, and what falls due about them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/incident/observe.h"
#include "bridge/ingest/batch.h"
#include "bridge/oncall/fallback.h"
#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {
namespace {

// Of a window, rows at once: the one that is under way, and the next.
constexpr int kPlanned = 2;

}  // namespace

Result<std::optional<Silence>> Batch::stored_silence(const std::string& id, SuppressorKind kind) {
    TOCSIN_TRY(load_holders());
    const auto live = holders_back_->silences.find(id);
    std::optional<Silence> found;
    if (live != holders_back_->silences.end()) {
        found = live->second;
    } else {
        TOCSIN_TRY(found, tx_.silence(id));
    }
    if (found && found->kind != kind) found.reset();
    return found;
}

void Batch::store_silence(Silence silence) {
    silence = advance_silence(std::move(silence), now_).next;
    changed_silences_.insert(silence.id);
    std::string id = silence.id;
    holders_back_->silences.insert_or_assign(std::move(id), std::move(silence));
    review_ = true;
}

// What its dedup key is made of, so that it hides this incident's alerts and no other's; a storm's
// is its group, whatever else may be of it.
Result<std::optional<Reason>> Batch::silence_incident(const std::string& key, Silence& silence) {
    TOCSIN_TRY(const Work* const work, work_of_key(key));
    if (work == nullptr) {
        return Error(ErrorCode::kNotFound, "there is no incident " + key, Retry::kNo);
    }
    const Incident& incident = work->now;
    if (incident.kind == Incident::Kind::kOverflow && is_open(incident.state)) {
        return std::optional(because(
            "{} stands over incidents of all kinds, and what would silence it would silence "
            "everything; acknowledge or snooze it, and silence by labels what its "
            "incidents share",
            {{key}}));
    }
    const bool storms = incident.kind == Incident::Kind::kStorm && incident.children_open > 0;
    const bool fires =
        (storms && is_open(incident.state)) ||
        std::any_of(incident.alerts.begin(), incident.alerts.end(),
                    [](const AlertRecord& a) { return a.status != AlertStatus::kResolved; });
    if (!fires) {
        return std::optional(because("nothing of {} fires", {{key}}));
    }
    silence.incident = incident.id;
    const Labels& labels = storms ? incident.labels : incident.alerts.front().labels;
    std::vector<std::string> names;
    if (storms) {
        for (const Label& label : labels) names.emplace_back(label.name.view());
    } else {
        const Route& route = config_.route_named(incident.route);
        names = key_labels(route, incident.alerts.front().annotations);
    }
    for (const std::string& name : names) {
        TOCSIN_TRY(auto matcher, Matcher::create(MatchOp::kEqual, name, labels.get(name)));
        silence.matchers.push_back(std::move(matcher));
    }
    if (silence.comment.empty()) silence.comment = "until " + key + " has cleared";
    return std::optional<Reason>();
}

Result<Answer> Batch::put(const PutSilenceIn& in) {
    TOCSIN_TRY(load_holders());
    Silence posted = in.silence;
    const bool known_maker = oncall().person(posted.created_by) != nullptr;
    if (!known_maker && oncall().person(in.caller) != nullptr) posted.created_by = in.caller;
    ActionDone done;
    const auto refused = [&](Refusal::Code code, Reason reason) {
        done.refusal = Refusal{code, std::move(reason), {}, ""};
        return Answer{std::move(done)};
    };
    if (!in.incident.empty()) {
        TOCSIN_TRY(std::optional<Reason> silent, silence_incident(in.incident, posted));
        if (silent) return refused(Refusal::Code::kConflict, std::move(*silent));
    }
    std::optional<Silence> known;
    if (!posted.id.empty()) {
        TOCSIN_TRY(known, stored_silence(posted.id, posted.kind));
    }
    auto made = put_silence(known ? &*known : nullptr, std::move(posted), in.new_id, now_);
    if (!made) {
        const Error& error = made.error();
        if (error.code == ErrorCode::kNotFound) return error;
        const bool conflict = error.code == ErrorCode::kConflict;
        return refused(conflict ? Refusal::Code::kConflict : Refusal::Code::kInvalid,
                       because("{}", {{error.message}}));
    }
    if (made.value().expired) {
        log_.push_back("silence " + made.value().expired->id + " is replaced");
        store_silence(std::move(*made.value().expired));
    }
    const std::string id = made.value().stored.id;
    log_.push_back(fmt::format("silence {} by {} until {}", id, made.value().stored.created_by,
                               format_rfc3339(made.value().stored.ends_at)));
    store_silence(std::move(made.value().stored));
    done.silence = holders_back_->silences.at(id);
    return Answer{std::move(done)};
}

Result<Answer> Batch::expire(const ExpireSilenceIn& in) {
    TOCSIN_TRY(std::optional<Silence> known, stored_silence(in.id, in.kind));
    if (!known) return Error(ErrorCode::kNotFound, "silence not found", Retry::kNo);
    store_silence(expire_silence(std::move(*known), now_));
    log_.push_back("silence " + in.id + " is ended by hand");
    ActionDone done;
    done.silence = holders_back_->silences.at(in.id);
    return Answer{std::move(done)};
}

// What has opened no incident has none to be told by: one message for all of it.
void Batch::warn_of_outside(const Silence& silence, Priority priority) {
    const Person* const maker = oncall().person(silence.created_by);
    if (maker == nullptr) return;
    const Timestamp open = next_open(oncall().hours.of(priority), now_);
    for (const Tell& contact : contacts_of({maker}, priority, now_)) {
        // Programs know things by their incident. Once it is over a warning comes too late.
        const Timestamp at = std::max(contact.not_before, open);
        if (contact.readership == Readership::kProgram || at >= silence.ends_at) continue;
        EffectRow row;
        row.about = silence.id;
        row.notify = {contact.person,
                      contact.channel,
                      contact.address,
                      MessageKind::kSilenceEnding,
                      priority,
                      0,
                      at};
        row.due = at;
        effects_.push_back(std::move(row));
        log_.push_back(fmt::format("silence {}: {} is told that it ends soon", silence.id,
                                   silence.created_by));
    }
}

Result<void> Batch::fall_back_outside(const OutcomeIn& in) {
    const bool arrived = in.delivery == EffectOutcome::Delivery::kDelivered;
    // stuck: it has, once
    if (in.effect.about.empty() || arrived || in.effect.stuck) return success();
    TOCSIN_TRY(const auto silence, tx_.silence(in.effect.about));
    if (!silence || silence->ends_at <= now_) return success();
    const Notify& sent = in.effect.notify;
    const auto other =
        fallback_of(oncall(), sent.person, sent.channel, sent.address, sent.priority, now_);
    if (!other || other->readership == Readership::kProgram) return success();
    EffectRow row;
    row.about = in.effect.about;
    row.notify = sent;
    row.notify.channel = other->channel;
    row.notify.address = other->address;
    row.notify.not_before = row.due = now_;
    effects_.push_back(std::move(row));
    return success();
}

// Who made it is told by each incident that it holds back; where there is none, of what has opened
// none.
Result<void> Batch::warn_creator(const Silence& silence) {
    TOCSIN_TRY(const auto alerts, tx_.current_alerts());
    std::set<IncidentId> incidents;
    std::optional<Priority> outside;  // the worst that would open
    for (const AlertRecord& alert : alerts) {
        if (!alert.suppressor || alert.suppressor->id != silence.id) continue;
        if (alert.incident) {
            TOCSIN_TRY(const Work* const work, load(alert.incident));
            if (work == nullptr) continue;
            // Its storm stands for it.
            incidents.insert(work->now.absorbed ? work->now.parent_id : alert.incident);
        } else if (!is_observed(config_.observe, alert.labels, alert.annotations)) {
            const Priority would_be =
                priority_by(*route(config_.routes, alert.labels).owner,
                            config_.priorities.priority(alert.labels, alert.severity));
            outside = std::min(outside.value_or(would_be), would_be);
        }
    }
    const SilenceEnding ending{suppressor_by(silence, now_), silence.created_by};
    bool warned = false;
    for (const IncidentId id : incidents) {
        TOCSIN_TRY(Work* const work, load(id));
        if (work == nullptr) continue;
        Decision decision = decide(work->now, Event{ending}, context_of(work->now), now_);
        warned =
            warned ||
            std::any_of(decision.effects.begin(), decision.effects.end(), [](const Effect& effect) {
                const auto* told = std::get_if<Notify>(&effect);
                return told != nullptr && told->kind == MessageKind::kSilenceEnding;
            });
        absorb(*work, std::move(decision));
    }
    if (outside && !warned) warn_of_outside(silence, *outside);
    return success();
}

Result<void> Batch::silence_row(const Silence& row) {
    TOCSIN_TRY(load_holders());
    auto& silences = holders_back_->silences;
    const auto known = silences.find(row.id);
    SilenceSteps steps = advance_silence(known == silences.end() ? row : known->second, now_);
    if (steps.forget) {
        forgotten_silences_.insert(row.id);
        silences.erase(row.id);
        return success();
    }
    if (steps.started || steps.ended) review_ = true;
    const Silence next = steps.next;
    silences.insert_or_assign(row.id, std::move(steps.next));
    changed_silences_.insert(row.id);
    return steps.warn ? warn_creator(next) : success();
}

Result<void> Batch::plan_windows() {
    TOCSIN_TRY(load_holders());
    std::set<std::string> planned;
    for (const Window& window : config_.maintenance) {
        for (const Occurrence& one : occurrences_at(window, now_, kPlanned)) {
            Silence row = silence_of(window, one, now_);
            planned.insert(row.id);
            TOCSIN_TRY(const auto known, stored_silence(row.id, row.kind));
            if (!known) {
                store_silence(std::move(row));
            } else if (known->phase != SilencePhase::kOver &&
                       known->updated_at == known->created_at &&
                       (known->matchers != row.matchers || known->ends_at != row.ends_at)) {
                row.created_at = row.updated_at = known->created_at;
                store_silence(std::move(row));  // edited in the file; one ended by hand stays so
            }
        }
    }
    for (auto& [id, row] : holders_back_->silences) {
        if (!id.starts_with(kPlannedPrefix) || planned.contains(id)) continue;
        if (status_of(row, now_) == SilenceStatus::kExpired) continue;  // it settles
        log_.push_back("maintenance window " + row.name + " is no longer configured");
        row = advance_silence(expire_silence(row, now_), now_).next;
        changed_silences_.insert(id);
        review_ = true;
    }
    return success();
}

}  // namespace tocsin::bridge
