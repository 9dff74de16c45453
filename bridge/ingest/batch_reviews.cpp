// Reviews that are late, and actions of them: whoever they are for is reminded.
#include <algorithm>
#include <map>
#include <utility>

#include "bridge/ingest/batch.h"
#include "bridge/knowledge/reminders.h"
#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {

// The incident that a review is about, or the newest that it or its problem is linked with.
Result<Batch::Work*> Batch::incident_of_review(const Record& record) {
    TOCSIN_TRY(auto detail, tx_.knowledge().detail(record.key));
    const std::string about = std::get<Review>(record.part).about;
    if (detail.incidents.empty() && about.starts_with("PRB-")) {
        TOCSIN_TRY(detail, tx_.knowledge().detail(about));
    }
    if (detail.incidents.empty()) return nullptr;
    for (const Incident& incident : detail.incidents) {
        if (incident.key == about) return load(incident.id);
    }
    return load(detail.incidents.front().id);
}

int Batch::remind(IncidentId id, const std::string& person) {
    const Person* const found = oncall().person(person);
    if (found == nullptr) return 0;
    const Timestamp open = next_open(oncall().hours.of(Priority::kP4), now_);
    int told = 0;
    for (const Tell& contact : quiet_contacts(*found, open)) {
        effect(id, Notify{contact.person, contact.channel, contact.address, MessageKind::kReviewDue,
                          Priority::kP4, 0, contact.not_before});
        ++told;
    }
    return told;
}

Result<void> Batch::remind_of_review(const ReviewTimer& row) {
    TOCSIN_TRY(const auto record, tx_.knowledge().record(row.record));
    const Hours& hours = oncall().hours.of(Priority::kP4);
    const auto opening = [&](Timestamp t) { return next_open(hours, t); };
    // What falls due when people are told of nothing waits, and is told of together.
    if (const Timestamp open = opening(now_); open > now_) {
        knowledge_.reminders.push_back({row.record, open, row.since});
        return success();
    }
    const ReviewLook look =
        record ? look_at_review(*record, row.since, now_, opening) : ReviewLook{};
    knowledge_.reminders.push_back({row.record, look.next, std::max(row.since, now_)});
    if (look.late.empty()) return success();
    TOCSIN_TRY(Work* const work, incident_of_review(*record));
    std::map<std::string, std::vector<int>> by_person;
    for (const auto& [owner, numbers] : look.late) {
        // What is nobody's is the lead's, whose team had the incident.
        std::string person = owner;
        if (person.empty() && work != nullptr) {
            const Team* const team = oncall().team(work->now.team);
            if (team != nullptr) person = team->lead;
        }
        auto& all = by_person[person];
        all.insert(all.end(), numbers.begin(), numbers.end());
    }
    for (auto& [person, numbers] : by_person) {
        std::sort(numbers.begin(), numbers.end());
        const int told = work == nullptr ? 0 : remind(work->now.id, person);
        const auto& review = std::get<Review>(record->part);
        std::string text = record->key + " is late: " + late_text(review, numbers);
        text += told > 0 ? "; " + person + " is reminded" : "; there is nobody to remind of it";
        TimelineEntry entry{now_,
                            "review_due",
                            std::string(kSystem),
                            std::move(text),
                            {{"review", record->key},
                             {"title", record->title},
                             {"itself", numbers.front() == 0 ? "1" : ""},
                             {"actions", late_actions(review, numbers)},
                             {"person", person}}};
        knowledge_.timeline.push_back({record->key, entry});
        if (work != nullptr) tell_incident(work->now.id, std::move(entry));
    }
    return success();
}

}  // namespace tocsin::bridge
