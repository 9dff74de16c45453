// What becomes of messages in a batch.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

bool is_new_end(const EffectRow& row) {
    return row.state == EffectState::kWaiting && (row.notify.kind == MessageKind::kResolved ||
                                                  row.notify.kind == MessageKind::kAcknowledged);
}

// Who of those that were sent something can know of it.
struct Hearers {
    std::set<std::string> addressed;
    std::set<std::string> reached;

    void add(const std::string& person, bool reaches) {
        addressed.insert(person);
        if (reaches) reached.insert(person);
    }
    bool missed(const std::string& person) const {
        return addressed.contains(person) && !reached.contains(person);
    }
};

using Addressee = std::tuple<IncidentId, std::string, std::string, std::string>;
Addressee addressee_of(const EffectRow& row) {
    return {row.incident, row.notify.person, row.notify.channel, row.notify.address};
}

}  // namespace

bool Batch::is_to_program(const Notify& message) const {
    const Person* person = oncall().person(message.person);
    if (person == nullptr) person = oncall().vendor(message.person);
    return person != nullptr &&
           std::any_of(person->contacts.begin(), person->contacts.end(), [&](const Contact& c) {
               return c.channel == message.channel && c.address == message.address &&
                      c.readership == Readership::kProgram;
           });
}

void Batch::settle(const OutcomeIn& in) {
    EffectRow row = in.effect;
    row.result = in.detail;
    switch (in.delivery) {
        case EffectOutcome::Delivery::kDelivered:
            row.state = EffectState::kDelivered;
            break;
        case EffectOutcome::Delivery::kFailed:
            row.state = EffectState::kDead;
            break;
        case EffectOutcome::Delivery::kStuck:
            stuck_.push_back(row.id);  // its state stays: it is still tried
            return;
    }
    settled_.push_back(std::move(row));
}

Result<void> Batch::retry(const RetryIn& in) {
    const std::string name = "message " + std::to_string(in.effect.value);
    TOCSIN_TRY(const std::optional<EffectRow> row, tx_.effect(in.effect));
    if (!row) return Error(ErrorCode::kNotFound, "there is no " + name, Retry::kNo);
    if (row->state != EffectState::kDead) {
        return Error(ErrorCode::kConflict,
                     name + " is " + std::string(to_string(row->state)) +
                         "; only one that was given up (dead) is sent again by hand",
                     Retry::kNo);
    }
    requeued_.push_back(row->id);
    TOCSIN_TRY(const Work* const work, load(row->incident));
    if (work == nullptr) return success();
    const Notify& notify = row->notify;
    const std::string to = notify.person.empty() ? shown_address(notify) : notify.person;
    timeline_.push_back({0,
                         row->incident,
                         {now_,
                          "retried",
                          in.actor,
                          "The message to " + to + " by " + notify.channel + " is sent once more",
                          {{"effect", std::to_string(row->id.value)},
                           {"person", notify.person},
                           {"channel", notify.channel},
                           {"message", std::string(to_string(notify.kind))}}}});
    return success();
}

// The incident and those whose opening its end is the end of.
Result<std::vector<IncidentId>> Batch::told_as_one(IncidentId id) {
    std::vector<IncidentId> out = {id};
    const auto work = work_.find(id);
    if (work == work_.end()) return out;
    const Incident& in = work->second.now;
    out.insert(out.end(), in.facts.merged.begin(), in.facts.merged.end());
    if (!in.is_parent()) return out;
    TOCSIN_TRY(const auto children, tx_.storm_children(id));
    for (const StormMember& child : children) out.push_back(child.incident);
    return out;
}

// Once an attempt has begun nobody can say that it did not arrive.
bool Batch::may_reach(const EffectRow& stored) const {
    if (stored.state == EffectState::kDelivered) return true;
    if (stored.state == EffectState::kDead) return false;
    if (stored.attempts > 0) return true;
    const auto drop = dropped_.find(stored.incident);
    const bool drops = drop != dropped_.end() && is_dropped(drop->second, stored.notify);
    return stored.state == EffectState::kWaiting && !drops;
}

// Whoever was told of the opening is told of the end, and whoever has acted knows of it. Of whom
// every message was dropped before it was sent, at night for the next morning, by an acknowledge,
// by this very end, has heard nothing: an end would be news of what never was.
Result<void> Batch::skip_ends_nobody_awaits() {
    std::map<IncidentId, std::vector<IncidentId>> ends;  // who are told as one
    for (const EffectRow& row : effects_) {
        if (is_new_end(row)) ends[row.incident];
    }
    if (ends.empty()) return success();
    std::vector<IncidentId> all;
    for (auto& [id, ids] : ends) {
        TOCSIN_TRY(ids, told_as_one(id));
        all.insert(all.end(), ids.begin(), ids.end());
    }
    std::map<IncidentId, Hearers> hearers;
    std::set<Addressee> reached;  // by messages of the incident itself
    const auto add = [&](const EffectRow& row, bool reaches) {
        hearers[row.incident].add(row.notify.person, reaches);
        if (reaches) reached.insert(addressee_of(row));
    };
    TOCSIN_TRY(const auto stored, tx_.messages_of(all));
    for (const EffectRow& row : stored) add(row, may_reach(row));
    for (const EffectRow& row : effects_) {
        if (!is_new_end(row)) add(row, row.state == EffectState::kWaiting);
    }
    TOCSIN_TRY(const auto actors, tx_.actors_of(all));
    for (const auto& [id, actor] : actors) hearers[id].reached.insert(actor);
    for (const TimelineRow& row : timeline_) {
        hearers[row.incident].reached.insert(row.entry.actor);
    }
    for (const auto& [id, ids] : ends) {
        Hearers all_of_it;
        for (const IncidentId one : ids) {
            const Hearers& of_one = hearers[one];
            all_of_it.addressed.insert(of_one.addressed.begin(), of_one.addressed.end());
            all_of_it.reached.insert(of_one.reached.begin(), of_one.reached.end());
        }
        std::erase_if(effects_, [&, incident = id](const EffectRow& row) {
            if (row.incident != incident || !is_new_end(row)) return false;
            // A program knows what it was told itself, and nothing else.
            if (is_to_program(row.notify)) return !reached.contains(addressee_of(row));
            return all_of_it.missed(row.notify.person);
        });
    }
    return success();
}

}  // namespace tocsin::bridge
