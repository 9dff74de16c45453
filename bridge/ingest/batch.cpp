#include "bridge/ingest/batch.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/core/overloaded.h"

namespace tocsin::bridge {
namespace {

int year_of(Timestamp t) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(t)};
    return static_cast<int>(day.year());
}

const AlertRecord& record_of(const Event& event) {
    if (const auto* firing = std::get_if<AlertFiring>(&event)) return firing->alert;
    if (const auto* resolved = std::get_if<AlertResolved>(&event)) return resolved->alert;
    if (const auto* held = std::get_if<AlertSuppressed>(&event)) return held->alert;
    if (const auto* released = std::get_if<AlertReleased>(&event)) return released->alert;
    return std::get<AlertUnknown>(event).alert;
}

void set_incident(Event& event, IncidentId id) {
    if (auto* firing = std::get_if<AlertFiring>(&event)) firing->alert.incident = id;
    if (auto* resolved = std::get_if<AlertResolved>(&event)) resolved->alert.incident = id;
    if (auto* unknown = std::get_if<AlertUnknown>(&event)) unknown->alert.incident = id;
    if (auto* held = std::get_if<AlertSuppressed>(&event)) held->alert.incident = id;
    if (auto* released = std::get_if<AlertReleased>(&event)) released->alert.incident = id;
}

}  // namespace

Context Batch::context_of(const Incident& incident) const {
    const auto parent = incident.absorbed ? work_.find(incident.parent_id) : work_.end();
    return Context{config_.route_named(incident.route), oncall(), config_.priorities,
                   config_.incidents, parent == work_.end() ? nullptr : &parent->second.now};
}

Result<Answer> Batch::apply(const Input& input) {
    return std::visit(Overloaded{[&](const AlertsIn& in) -> Result<Answer> {
                                     Receipt receipt;
                                     receipt.received = now_;
                                     receipt.sent_at = in.sent_at;
                                     receipt.source = in.source;
                                     receipt.resolve_timeout = in.resolve_timeout;
                                     TOCSIN_TRY(alerts(in.alerts, receipt));
                                     return Answer{};
                                 },
                                 [&](const HeartbeatIn& in) -> Result<Answer> {
                                     TOCSIN_TRY(heartbeat(in));
                                     return Answer{};
                                 },
                                 [&](const ActionIn& in) { return action(in); },
                                 [&](const PutSilenceIn& in) { return put(in); },
                                 [&](const ExpireSilenceIn& in) { return expire(in); },
                                 [&](const HostIn& in) { return host_move(in); },
                                 [&](const OutcomeIn& in) -> Result<Answer> {
                                     TOCSIN_TRY(outcome(in));
                                     return Answer{};
                                 },
                                 [&](const RetryIn& in) -> Result<Answer> {
                                     TOCSIN_TRY(retry(in));
                                     return Answer{};
                                 },
                                 [&](const ReportIn& in) { return report(in); }},
                      input);
}

Result<void> Batch::alerts(std::vector<Alert> alerts, const Receipt& receipt) {
    for (const AlertNews& item : fold_batch(std::move(alerts), receipt)) {
        TOCSIN_TRY(news(item));
    }
    return success();
}

Result<void> Batch::news(const AlertNews& item) {
    TOCSIN_TRY(const bool expected, take_expected(item));
    if (expected) return success();
    TOCSIN_TRY(const AlertRecord* known, known_alert(item.identity));
    std::optional<Event> event = apply_news(known, item, config_.priorities);
    if (!event) return success();
    return alert_event(std::move(*event), known);
}

// To the incident that the alert belongs to while that one is not closed (it keeps its key over a
// reload of the routes); else to the one that holds its key; else to a new one.
Result<void> Batch::alert_event(Event event, const AlertRecord* known) {
    TOCSIN_TRY(const bool outside, hold(event, known));
    if (outside) return success();
    Work* work = nullptr;
    if (known != nullptr && known->incident) {
        TOCSIN_TRY(work, load(known->incident));
    }
    const bool fires = std::holds_alternative<AlertFiring>(event);
    if (work == nullptr || (fires && work->now.state == State::kClosed)) {
        if (!fires) return success();
        return fire_at_key(std::get<AlertFiring>(std::move(event)).alert);
    }
    set_incident(event, work->now.id);
    mark_observed(event);
    TOCSIN_TRY(load_parent(work->now));
    const AlertRecord record = record_of(event);
    Decision decision = decide(work->now, event, context_of(work->now), now_);
    if (decision.supersede) {
        const Routing routing = route(config_.routes, record.labels);
        Opening opening;
        const IncidentId old = work->now.id;
        TOCSIN_TRY(const IncidentId id, next_id(opening.key));
        opening.dedup_key = dedup_key(*routing.owner, record.labels, record.annotations);
        // The successor may have another key than the one that closes, and find it taken.
        TOCSIN_TRY(const IncidentId holding, holder(opening.dedup_key));
        opening.alert = record;
        opening.also = routing.also;
        opening.openings = work->now.openings;
        opening.observed = is_observed(config_.observe, record.labels, record.annotations);
        if (holding && holding != old) {
            absorb(*work, std::move(decision));
            return fire_at_key(record);
        }
        const Context context{*routing.owner, oncall(), config_.priorities, config_.incidents};
        Succession both = succeed(std::move(decision), opening, context, now_);
        absorb(*work, std::move(both.closed));
        create(id, std::move(both.opened), opening.dedup_key);
        note_observed(id);
        return storms_opened(id);
    }
    const bool back = comes_back(work->now, decision.next);
    absorb(*work, std::move(decision));
    remember(record, *work);
    return back ? storms_opened(work->now.id) : success();
}

Result<void> Batch::fire_at_key(AlertRecord record) {
    const Routing routing = route(config_.routes, record.labels);
    std::string key = dedup_key(*routing.owner, record.labels, record.annotations);
    TOCSIN_TRY(const bool joining_host, is_joining(record));
    if (joining_host) key = join_key(record.host);
    TOCSIN_TRY(const IncidentId holding, holder(key));
    if (holding) {
        TOCSIN_TRY(Work* const work, load(holding));
        if (work != nullptr && work->now.state != State::kClosed) {
            // Its record, if it has one, is of another incident: here it is new.
            AlertRecord joining = record;
            joining.incident = holding;
            return alert_event(AlertFiring{joining}, &joining);
        }
    }
    Opening opening;
    TOCSIN_TRY(Work* const before, closed_before(key));
    TOCSIN_TRY(const IncidentId id, next_id(opening.key));
    opening.dedup_key = key;
    if (before != nullptr) opening.openings = before->now.openings;
    if (const auto by = released_.find(record.identity); by != released_.end()) {
        opening.released = by->second;
    }
    if (joining_host) opening.kind = Incident::Kind::kJoin;
    opening.observed = is_observed(config_.observe, record.labels, record.annotations);
    opening.alert = std::move(record);
    opening.also = routing.also;
    const Context context{*routing.owner, oncall(), config_.priorities, config_.incidents};
    Decision opened = open(opening, context, now_);
    link(before, opened);
    create(id, std::move(opened), key);
    note_observed(id);
    return storms_opened(id);
}

Result<IncidentId> Batch::next_id(std::string& key) {
    const int year = year_of(now_);
    const std::string name = "incident-" + std::to_string(year);
    if (!counters_.contains(name)) {
        TOCSIN_TRY(counters_[name], tx_.counter(name));
    }
    const std::int64_t number = ++counters_[name];
    char text[64];
    std::snprintf(text, sizeof text, "INC-%d-%06lld", year, static_cast<long long>(number));
    key = text;
    // Rises with time and fits any year's number; nobody reads meaning into it.
    return IncidentId{std::int64_t{year} * 1'000'000'000 + number};
}

void Batch::link(Work* closed, Decision& opened) {
    if (closed == nullptr) return;
    come_after(closed->now, opened);
    closed->touched = true;
}

void Batch::create(IncidentId id, Decision decision, const std::string& dedup_key) {
    decision.next.id = id;
    for (AlertRecord& alert : decision.next.alerts) alert.incident = id;
    Work& work = work_[id];
    work.before.id = id;
    if (!dedup_key.empty()) holders_[dedup_key] = id;  // reports by people have no key
    absorb(work, std::move(decision));
    for (const AlertRecord& alert : work.now.alerts) known_[alert.identity] = alert;
}

void Batch::absorb(Work& work, Decision decision) {
    const IncidentId id = decision.next.id ? decision.next.id : work.now.id;
    for (TimelineEntry& entry : decision.timeline) {
        log_.push_back(decision.next.key + ": " + entry.kind + ": " + entry.text);
        timeline_.push_back({0, id, std::move(entry)});
    }
    for (const Effect& item : decision.effects) {
        if (!observe(decision.next, item)) effect(id, item);
    }
    if (decision.changed && decision.next.parent_id) storms_[decision.next.parent_id];
    if (decision.changed && decision.next.is_parent()) storms_[id];
    const bool closes = decision.next.state == State::kClosed && work.now.state != State::kClosed;
    if (decision.changed || work.before.key.empty()) {
        work.now = std::move(decision.next);
        work.touched = true;
    }
    if (closes) {
        free_key(work.now.dedup_key, id);
        for (const std::string& key : work.now.facts.more_keys) free_key(key, id);
        review_ = true;  // an alert that it takes with it inhibits no more
    }
}

void Batch::effect(IncidentId id, const Effect& item) {
    std::visit(Overloaded{[&](const Notify& notify) {
                              EffectRow row;
                              row.incident = id;
                              row.notify = notify;
                              row.due = std::max(notify.not_before, now_);
                              effects_.push_back(std::move(row));
                          },
                          [&](const DropWaiting& drop) {
                              const auto [known, fresh] = dropped_.emplace(id, drop.what);
                              if (!fresh) known->second = std::max(known->second, drop.what);
                              for (EffectRow& row : effects_) {
                                  const bool drops =
                                      row.incident == id && is_dropped(drop.what, row.notify);
                                  if (drops) row.state = EffectState::kDropped;
                              }
                          },
                          [&](const SetTimer& timer) {
                              // An expiry is counted from the last news and may lie in the past.
                              const bool expiry = timer.kind == TimerKind::kExpiry;
                              timers_[{id, timer.kind}] =
                                  expiry ? std::max(timer.due, served_since_ + kResend) : timer.due;
                          },
                          [&](const CancelTimer& timer) {
                              timers_[{id, timer.kind}] = std::nullopt;
                          }},
               item);
}

// The record is kept whatever was decided: it is what the next news is compared with.
void Batch::remember(const AlertRecord& record, Work& work) {
    known_[record.identity] = record;
    for (AlertRecord& alert : work.now.alerts) {
        if (alert.identity == record.identity) alert = record;
    }
}

Result<void> Batch::host_change(HostChange change, const HostRow* known, std::string inventory) {
    HostRow row;
    row.first_seen = known == nullptr ? now_ : known->first_seen;
    row.inventory = std::move(inventory);
    row.record = std::move(change.next);
    const std::string name = row.record.host;
    const bool notable = known == nullptr || !change.alerts.empty() ||
                         known->record.unreachable_since != row.record.unreachable_since ||
                         known->record.goodbye_at.has_value() != row.record.goodbye_at.has_value();
    bool write = true;
    if (known != nullptr && !notable) {
        // A heartbeat that tells nothing but "alive" is worth a write every ten seconds, or as
        // often as the deadline needs it.
        const Duration worth = std::min<Duration>(10s, config_.hosts.heartbeat / 2);
        HostRecord same = row.record;
        same.last_heartbeat = known->record.last_heartbeat;
        write = !(same == known->record && row.inventory == known->inventory &&
                  row.record.last_heartbeat - known->record.last_heartbeat < worth);
    }
    if (notable) notable_hosts_.insert(name);
    if (write) {
        changed_hosts_.insert(name);
        hosts_[name] = std::move(row);
    }
    Receipt receipt;
    receipt.received = now_;
    receipt.source = std::string(kSourceBridge);
    return alerts(std::move(change.alerts), receipt);
}

Result<void> Batch::heartbeat(const HeartbeatIn& in) {
    TOCSIN_TRY(const HostRow* known, host_row(in.report.host));
    Heartbeat beat;
    beat.host = in.report.host;
    LabelsBuilder labels;
    for (const auto& [name, value] : in.report.labels) {
        if (is_label_name(name)) labels.set(name, value);
    }
    beat.labels = labels.build();
    beat.boot_id = in.report.boot_id;
    beat.agent_started_at = in.report.started_at;
    beat.interval = in.report.interval;
    HostChange change =
        tocsin::bridge::heartbeat(known == nullptr ? nullptr : &known->record, beat, now_);
    if (in.report.goodbye) change.next = goodbye(change.next, now_).next;
    return host_change(std::move(change), known, inventory_json(in.report));
}

Result<Answer> Batch::action(const ActionIn& in) {
    TOCSIN_TRY(Work* const work, work_of_key(in.key));
    if (work == nullptr) {
        return Error(ErrorCode::kNotFound, "there is no incident " + in.key, Retry::kNo);
    }
    if (in.action.kind == ActionKind::kMerge) return merge_into(*work, in.action);
    if (in.action.kind == ActionKind::kSplit) return split_off(*work, in.action);
    TOCSIN_TRY(load_parent(work->now));
    Decision decision = decide(work->now, Event{in.action}, context_of(work->now), now_);
    const std::string reason = decision.reason;
    const std::optional<Refusal> refusal = decision.refusal;
    absorb(*work, std::move(decision));
    return answer_of(*work, reason, refusal);
}

Result<void> Batch::outcome(const OutcomeIn& in) {
    settle(in);
    TOCSIN_TRY(Work* const work, load(in.effect.incident));
    if (work == nullptr) return fall_back_outside(in);
    const EffectOutcome outcome{in.effect.id, in.delivery, in.effect.notify, in.detail};
    absorb(*work, decide(work->now, Event{outcome}, context_of(work->now), now_));
    return success();
}

Result<void> Batch::timer(const TimerRow& row) {
    // Fired: gone, unless the decision sets it again.
    timers_[{row.incident, row.kind}] = std::nullopt;
    TOCSIN_TRY(Work* const work, load(row.incident));
    if (work == nullptr) return success();
    const bool rests = row.kind == TimerKind::kStability && work->now.is_parent();
    if (rests) storms_[row.incident];  // settled by how its children are now
    Decision decision =
        decide(work->now, Event{TimerDue{row.kind, row.due}}, context_of(work->now), now_);
    const bool back = comes_back(work->now, decision.next);
    absorb(*work, std::move(decision));
    if (row.kind == TimerKind::kExpiry) review_ = cleared_ = true;
    return back ? storms_opened(row.incident) : success();
}

Result<void> Batch::check_host_row(const HostRow& row) {
    TOCSIN_TRY(const HostRow* const known, host_row(row.record.host));
    if (known == nullptr) return success();
    HostChange change = check_host(known->record, served_since_, config_.hosts, now_);
    if (change.alerts.empty() && change.next == known->record) return success();
    std::string inventory = known->inventory;
    return host_change(std::move(change), known, std::move(inventory));
}

Result<void> Batch::check_alert_row(const AlertRecord& row) {
    const HostRow* host = nullptr;
    if (!row.host.empty()) {
        TOCSIN_TRY(host, host_row(row.host));
    }
    std::optional<Event> event = check_alert(row, host == nullptr ? nullptr : &host->record,
                                             served_since_, config_.hosts, now_);
    if (!event) return success();
    // The row of an incident that closed meanwhile; the alert itself has gone on elsewhere.
    TOCSIN_TRY(const AlertRecord* const latest, known_alert(row.identity));
    if (latest != nullptr && latest->incident != row.incident) {
        TOCSIN_TRY(Work* const work, load(row.incident));
        if (work != nullptr) {
            for (AlertRecord& alert : work->now.alerts) {
                if (alert.identity == row.identity) alert.status = AlertStatus::kUnknown;
            }
        }
        return success();
    }
    return alert_event(std::move(*event), &row);
}

}  // namespace tocsin::bridge
