// What people do that takes more than one incident, or begins one.
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {

Result<Batch::Work*> Batch::work_of_key(const std::string& key) {
    for (auto& [id, loaded] : work_) {  // one opened in this batch is in no table yet
        if (loaded.now.key == key) return &loaded;
    }
    TOCSIN_TRY(const std::optional<IncidentId> id, tx_.incident_of_key(key));
    if (!id) return nullptr;
    return load(*id);
}

Answer Batch::answer_of(const Work& work, const std::string& reason,
                        const std::optional<Refusal>& refusal) {
    ActionDone done;
    done.reason = reason;
    done.refusal = refusal;
    done.incident = work.now;
    return Answer{std::move(done)};
}

// Known to be held: open incidents hold their keys until they close.
void Batch::free_key(const std::string& key, IncidentId id) {
    if (key.empty()) return;
    const auto held = holders_.find(key);
    if (held != holders_.end() && held->second != id) return;
    stored_holders_.try_emplace(key, id);
    holders_[key] = IncidentId{};
}

namespace {

std::string plain_contact(Reporter& reporter, const std::string& why) {
    reporter.address = reporter.channel + " " + reporter.address;
    reporter.channel.clear();
    return "; " + why + ": the contact is kept, and nothing is sent to it";
}

// A contact by what is no channel of ours (an extension, a desk) is for people to use. Says so.
std::string keep_contact(const BridgeConfig& config, Reporter& reporter) {
    if (reporter.channel.empty()) return "";
    if (const Channel* channel = config.channel(reporter.channel)) {
        const std::string problem = contact_problem(*channel, reporter.address);
        return problem.empty() ? "" : plain_contact(reporter, problem);
    }
    return plain_contact(reporter, "no channel is named \"" + reporter.channel + "\"");
}

}  // namespace

Result<Answer> Batch::report(const ReportIn& in) {
    Report report = in.report;
    const std::string kept = keep_contact(config_, report.reporter);
    const Routing routing = route(config_.routes, labels_of(report));
    TOCSIN_TRY(const IncidentId id, next_id(report.key));
    const Context context{*routing.owner, oncall(), config_.priorities, config_.incidents};
    create(id, open_report(report, routing.also, context, now_), "");
    return answer_of(work_.at(id), "reported" + kept, std::nullopt);
}

// The loser's keys and alerts move to the survivor; what is sent of them goes there from now on.
Result<Answer> Batch::merge_into(Work& loser, const UserAction& action) {
    TOCSIN_TRY(Work* const survivor, work_of_key(action.into));
    if (survivor == nullptr) {
        return Error(ErrorCode::kNotFound, "there is no incident " + action.into, Retry::kNo);
    }
    TOCSIN_TRY(load_parent(survivor->now));
    const IncidentId to = survivor->now.id;
    Merging both = merge(survivor->now, loser.now, action, context_of(survivor->now),
                         context_of(loser.now), now_);
    if (both.survivor.refusal) {
        return answer_of(loser, both.survivor.reason, both.survivor.refusal);
    }
    std::vector<std::string> keys = loser.now.facts.more_keys;
    if (!loser.now.dedup_key.empty()) keys.push_back(loser.now.dedup_key);
    const std::string reason = both.loser.reason;
    absorb(loser, std::move(both.loser));
    absorb(*survivor, std::move(both.survivor));
    for (const std::string& key : keys) holders_[key] = to;
    for (const AlertRecord& alert : survivor->now.alerts) known_[alert.identity] = alert;
    return answer_of(loser, reason, std::nullopt);
}

Result<Answer> Batch::split_off(Work& work, const UserAction& action) {
    Opening opening;
    // A number that a refusal leaves unused is a gap in the keys, and nothing else.
    TOCSIN_TRY(const IncidentId id, next_id(opening.key));
    Splitting done = split(work.now, action, opening.key, context_of(work.now), now_);
    if (done.rest.refusal) return answer_of(work, done.rest.reason, done.rest.refusal);
    const IncidentId old = work.now.id;
    const std::string from = work.now.key;
    const std::string reason = done.rest.reason + ", what was split off as " + opening.key;
    absorb(work, std::move(done.rest));

    opening.dedup_key = "split:" + opening.key;
    opening.alert = done.moved.front();
    opening.observed =
        is_observed(config_.observe, opening.alert.labels, opening.alert.annotations);
    const Routing routing = route(config_.routes, opening.alert.labels);
    opening.also = routing.also;
    const Context context{*routing.owner, oncall(), config_.priorities, config_.incidents};
    Decision opened = open(opening, context, now_);
    opened.next.facts.links.push_back({"split from", from});
    opened.timeline.front().data["split_from"] = from;
    opened.timeline.front().text += ", split from " + from;
    create(id, std::move(opened), opening.dedup_key);
    for (std::size_t i = 1; i < done.moved.size(); ++i) {
        AlertRecord joining = done.moved[i];
        joining.incident = id;
        TOCSIN_TRY(alert_event(AlertFiring{joining}, &joining));
    }
    if (!done.owner.empty()) {
        Work& fresh = work_.at(id);
        UserAction take;
        take.kind = ActionKind::kAcknowledge;
        take.actor = done.owner;
        take.authority = Authority::kAdmin;  // whoever's its route makes it: it goes on as theirs
        absorb(fresh, decide(fresh.now, Event{take}, context_of(fresh.now), now_));
    }
    return answer_of(work_.at(old), reason, std::nullopt);
}

}  // namespace tocsin::bridge
