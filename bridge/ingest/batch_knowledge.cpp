// What a batch makes of its openings and endings beyond the incidents themselves: problems of keys
// that come again and again, and reviews of major incidents. In the same transaction.
#include <algorithm>
#include <utility>

#include "bridge/ingest/batch.h"
#include "bridge/ingest/records.h"
#include "bridge/knowledge/drafts.h"
#include "bridge/notify/draft_words.h"

namespace tocsin::bridge {
namespace {

// So much of a timeline goes into a review's draft.
constexpr int kMostDrafted = 1000;

// What people have to look at one by one: not what a storm stands for, nor what nobody is told of.
bool may_recur(const Incident& incident) {
    return incident.kind == Incident::Kind::kAlerts && !incident.dedup_key.empty() &&
           !incident.absorbed && !incident.observed && !incident.dedup_key.starts_with("split:");
}

bool owes_review(const Incident& incident) {
    return incident.facts.major && incident.facts.major->review_owed;
}

}  // namespace

void Batch::note_record(const RecordDecision& made) {
    knowledge_.records.push_back(made.next);
    for (const TimelineEntry& entry : made.timeline) {
        log_.push_back(made.next.key + ": " + entry.kind + ": " + entry.text);
        knowledge_.timeline.push_back({made.next.key, entry});
    }
}

void Batch::tell_incident(IncidentId id, TimelineEntry entry) {
    log_.push_back(work_.at(id).now.key + ": " + entry.kind + ": " + entry.text);
    timeline_.push_back({0, id, std::move(entry)});
}

Result<void> Batch::note_knowledge() {
    TOCSIN_TRY(note_recurring());
    return owe_reviews();
}

Result<void> Batch::note_recurring() {
    std::map<std::string, IncidentId> opened;
    std::vector<std::string> keys;
    for (const auto& [id, work] : work_) {
        if (!work.before.key.empty() || !may_recur(work.now)) continue;
        if (opened.emplace(work.now.dedup_key, id).second) keys.push_back(work.now.dedup_key);
    }
    if (opened.empty()) return success();
    TOCSIN_TRY(const auto problems, tx_.knowledge().problems_of(keys));
    std::vector<std::string> without;
    for (const auto& [key, id] : opened) {
        const auto known = problems.find(key);
        if (known == problems.end()) {
            without.push_back(key);
        } else {
            join_problems(id, known->second);
        }
    }
    const KnowledgeSettings& settings = config_.knowledge;
    if (without.empty() || settings.after == 0) return success();
    // A key opens again only after its last incident has resolved: those are all of them.
    TOCSIN_TRY(const auto past, tx_.knowledge().past_of(without, now_ - settings.within));
    for (const std::string& key : without) {
        const auto before = past.find(key);
        std::vector<IncidentId> ids;
        if (before != past.end()) ids = before->second;
        ids.push_back(opened.at(key));
        if (static_cast<int>(ids.size()) < settings.after) continue;
        TOCSIN_TRY(suggest(opened.at(key), ids));
    }
    return success();
}

// One that goes on, or else the newest that was closed. A rejected one is there so that the key is
// not suggested again.
void Batch::join_problems(IncidentId id, const std::vector<Record>& problems) {
    const Incident& incident = work_.at(id).now;
    const bool going_on = std::any_of(problems.begin(), problems.end(),
                                      [](const Record& p) { return !is_over(p.state); });
    for (const Record& problem : problems) {
        if (problem.state == RecordState::kRejected) continue;
        if (going_on && is_over(problem.state)) continue;
        knowledge_.linked.push_back({problem.key, id, incident.dedup_key});
        tell_incident(id, tell_of_problem(problem, now_));
        if (problem.state != RecordState::kFixed && problem.state != RecordState::kClosed) continue;
        knowledge_.timeline.push_back(
            {problem.key,
             {now_,
              "came_back",
              std::string(kSystem),
              incident.key + " opened although it is " + std::string(to_string(problem.state)),
              {{"incident", incident.key}}}});
        if (is_over(problem.state)) return;
    }
}

Result<void> Batch::suggest(IncidentId id, const std::vector<IncidentId>& all) {
    const Incident& incident = work_.at(id).now;
    const int times = static_cast<int>(all.size());
    TOCSIN_TRY(const std::string key, next_record_key(tx_, counters_, RecordKind::kProblem, now_));
    const RecordDecision made =
        suggest_problem(key, incident, times, config_.knowledge.within, draft_words(config_), now_);
    if (made.refusal) return success();
    note_record(made);
    for (const IncidentId one : all) {
        knowledge_.linked.push_back({key, one, incident.dedup_key});
    }
    tell_incident(id, {now_,
                       "problem_suggested",
                       std::string(kSystem),
                       key + " is suggested: opened " + std::to_string(times) + " times in " +
                           format_duration(config_.knowledge.within),
                       {{"problem", key},
                        {"times", std::to_string(times)},
                        {"within", format_duration(config_.knowledge.within)}}});
    return success();
}

// Once for an incident, however often it is reopened and resolved.
Result<void> Batch::owe_reviews() {
    for (const auto& [id, work] : work_) {
        if (!work.touched || !owes_review(work.now) || owes_review(work.before)) continue;
        TOCSIN_TRY(const auto linked, tx_.knowledge().records_of(id));
        bool there = false;
        for (const Record& record : linked) {
            const auto* review = std::get_if<Review>(&record.part);
            there = there || (review != nullptr && review->about == work.now.key);
        }
        if (there) continue;
        TOCSIN_TRY(auto timeline, tx_.recent_timeline(id, kMostDrafted));
        for (const TimelineRow& row : timeline_) {
            if (row.incident == id) timeline.push_back(row.entry);
        }
        TOCSIN_TRY(const std::string key,
                   next_record_key(tx_, counters_, RecordKind::kReview, now_));
        const RecordDecision made =
            suggest_review(key, work.now, timeline, config_.knowledge, draft_words(config_), now_);
        if (made.refusal) continue;
        note_record(made);
        knowledge_.linked.push_back({key, id, ""});
        const std::string due = format_rfc3339(now_ + config_.knowledge.review_due);
        std::string text = key;
        text += " is to be held by " + due;
        tell_incident(id, {now_,
                           "review_suggested",
                           std::string(kSystem),
                           std::move(text),
                           {{"review", key}, {"due_at", due}, {"owner", made.next.owner}}});
    }
    return success();
}

}  // namespace tocsin::bridge
