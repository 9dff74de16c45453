#include "bridge/ingest/records.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "bridge/knowledge/drafts.h"
#include "bridge/notify/draft_words.h"

namespace tocsin::bridge {
namespace {

constexpr int kMostDrafted = 1000;

Error no_incident(const std::string& key) {
    return Error(ErrorCode::kNotFound, "there is no incident " + key, Retry::kNo);
}

Result<Incident> incident_of(Tx& tx, const std::string& key) {
    TOCSIN_TRY(const auto id, tx.incident_of_key(key));
    if (!id) return no_incident(key);
    TOCSIN_TRY(auto rows, tx.incidents({*id}));
    if (rows.empty()) return no_incident(key);
    return std::move(rows.begin()->second);
}

// One request in the making.
class Change {
  public:
    Change(Tx& tx, const RecordRequest& request, const BridgeConfig& config, Timestamp now)
        : tx_(tx),
          request_(request),
          config_(config),
          words_(draft_words(config)),
          now_(now),
          move_(request.move) {
        changes_.now = now;
    }

    Result<RecordAnswer> run() {
        TOCSIN_TRY(check_people());
        TOCSIN_TRY(const RecordDecision made, request_.key.empty() ? make() : move());
        RecordAnswer answer;
        answer.reason = made.reason;
        answer.refusal = made.refusal;
        if (made.changed) {
            keep(made);
            TOCSIN_TRY(tx_.write(changes_));
        }
        if (made.refusal && request_.key.empty()) return answer;  // there is none to show
        TOCSIN_TRY(answer.detail, tx_.knowledge().detail(made.next.key));
        return answer;
    }

  private:
    // Whoever is to own something must be one who can be told; where nobody is configured, anyone.
    Result<void> check_people() const {
        const auto& people = config_.oncall.people;
        std::vector<std::string> names;
        const auto owner = move_.fields.texts.find("owner");
        if (owner != move_.fields.texts.end()) names.push_back(owner->second);
        if (move_.action) names.push_back(move_.action->owner);
        for (const std::string& name : names) {
            if (name.empty() || people.empty() || config_.oncall.person(name) != nullptr) continue;
            return Error(ErrorCode::kInvalid, "owner: nobody is named \"" + name + "\"");
        }
        return success();
    }

    Result<RecordDecision> move() {
        TOCSIN_TRY(const auto found, tx_.knowledge().record(request_.key));
        if (!found || found->kind() != request_.kind) {
            return Error(
                ErrorCode::kNotFound,
                "there is no " + std::string(to_string(request_.kind)) + " " + request_.key,
                Retry::kNo);
        }
        const bool links = move_.kind == MoveKind::kLink;
        if (links || move_.kind == MoveKind::kUnlink) {
            if (move_.incidents.empty()) {
                return Error(ErrorCode::kInvalid, "incidents: name at least one");
            }
            TOCSIN_TRY(resolve_links(links));
        }
        RecordDecision made = move_record(*found, move_, now_);
        if (made.changed) note_links(made.next, links);
        return made;
    }

    // Of the incidents named those that the move changes something for.
    Result<void> resolve_links(bool links) {
        std::vector<std::string> keys;
        for (const std::string& key : move_.incidents) {
            TOCSIN_TRY(Incident incident, incident_of(tx_, key));
            TOCSIN_TRY(const auto records, tx_.knowledge().records_of(incident.id));
            const bool linked = std::any_of(records.begin(), records.end(),
                                            [&](const Record& r) { return r.key == request_.key; });
            const bool named = std::find(keys.begin(), keys.end(), key) != keys.end();
            if (linked == links || named) continue;
            keys.push_back(key);
            incidents_.push_back(std::move(incident));
        }
        move_.incidents = std::move(keys);
        return success();
    }

    void note_links(const Record& record, bool links) {
        for (const Incident& incident : incidents_) {
            const bool problem = record.kind() == RecordKind::kProblem;
            const RecordLink link{record.key, incident.id, problem ? incident.dedup_key : ""};
            (links ? changes_.knowledge.linked : changes_.knowledge.unlinked).push_back(link);
            const std::string kind(to_string(record.kind()));
            changes_.timeline.push_back(
                {0,
                 incident.id,
                 {now_,
                  links ? "record_linked" : "record_unlinked",
                  move_.actor,
                  move_.actor + (links ? " links " : " unlinks ") + record.key + ": " +
                      record.title,
                  {{"record", record.key}, {"record_kind", kind}, {"title", record.title}}}});
        }
    }

    Result<RecordDecision> make() {
        for (const std::string& key : move_.incidents) {
            TOCSIN_TRY(Incident incident, incident_of(tx_, key));
            incidents_.push_back(std::move(incident));
        }
        switch (request_.kind) {
            case RecordKind::kProblem:
                return make_problem();
            case RecordKind::kReview:
                return make_review();
            case RecordKind::kArticle:
                return make_article();
        }
        return Error(ErrorCode::kInternal, "no such kind");
    }

    static RecordDecision refused(Reason reason) {
        RecordDecision out;
        out.reason = reason.english();
        out.refusal = RecordRefusal{Refusal::Code::kConflict, std::move(reason), {}};
        return out;
    }

    void default_title(const std::string& title) {
        auto& texts = move_.fields.texts;
        if (!texts.contains("title")) texts["title"] = title;
    }

    Result<RecordDecision> named() {
        TOCSIN_TRY(const std::string key,
                   next_record_key(tx_, changes_.counters, request_.kind, now_));
        return make_record(request_.kind, key, move_, now_);
    }

    // One that goes on is enough for a key.
    Result<RecordDecision> make_problem() {
        std::vector<std::string> keys;
        for (const Incident& incident : incidents_) {
            if (!incident.dedup_key.empty()) keys.push_back(incident.dedup_key);
        }
        TOCSIN_TRY(const auto known, tx_.knowledge().problems_of(keys));
        for (const auto& [key, problems] : known) {
            for (const Record& problem : problems) {
                if (is_over(problem.state)) continue;
                return refused(
                    because("{} ({}) is about {} already",
                            {{problem.key}, {to_string(problem.state), "record_state"}, {key}}));
            }
        }
        if (!incidents_.empty()) default_title(words_.title(incidents_.front()));
        TOCSIN_TRY(const RecordDecision made, named());
        if (made.changed) note_links(made.next, true);
        return made;
    }

    Result<RecordDecision> make_review() {
        if (request_.about.empty()) {
            return Error(ErrorCode::kInvalid,
                         "about: name the incident or the problem that it is about");
        }
        std::vector<TimelineEntry> timeline;
        std::string title;
        Whose whose = Whose::kIncident;
        if (request_.about.starts_with("PRB-")) {
            TOCSIN_TRY(RecordDetail problem, tx_.knowledge().detail(request_.about));
            timeline = std::move(problem.timeline);
            title = problem.record.title;
            whose = Whose::kRecord;
        } else {
            TOCSIN_TRY(Incident incident, incident_of(tx_, request_.about));
            TOCSIN_TRY(timeline, tx_.recent_timeline(incident.id, kMostDrafted));
            title = words_.title(incident);
            incidents_.insert(incidents_.begin(), std::move(incident));
        }
        default_title(words_.review(title));
        auto& texts = move_.fields.texts;
        if (!texts.contains("draft")) texts["draft"] = draft_of(timeline, whose, words_);
        if (!move_.fields.due) move_.fields.due = now_ + config_.knowledge.review_due;
        TOCSIN_TRY(RecordDecision made, named());
        if (!made.changed) return made;
        std::get<Review>(made.next.part).about = request_.about;
        note_links(made.next, true);
        return made;
    }

    Result<RecordDecision> make_article() {
        if (!request_.about.empty()) {
            TOCSIN_TRY(Incident incident, incident_of(tx_, request_.about));
            TOCSIN_TRY(auto missing, keep_resolution(incident, move_.fields, words_));
            if (missing) return refused(std::move(*missing));
            incidents_.insert(incidents_.begin(), std::move(incident));
        }
        TOCSIN_TRY(RecordDecision made, named());
        if (!made.changed) return made;
        std::get<Article>(made.next.part).incident = request_.about;
        note_links(made.next, true);
        return made;
    }

    void keep(const RecordDecision& made) {
        changes_.knowledge.records.push_back(made.next);
        for (const TimelineEntry& entry : made.timeline) {
            changes_.knowledge.timeline.push_back({made.next.key, entry});
        }
    }

    Tx& tx_;
    const RecordRequest& request_;
    const BridgeConfig& config_;
    const DraftWords words_;
    Timestamp now_;
    RecordMove move_;
    std::vector<Incident> incidents_;  // those that become linked, or are no longer
    Changes changes_{};
};

}  // namespace

Result<RecordAnswer> change_record(Tx& tx, const RecordRequest& request, const BridgeConfig& config,
                                   Timestamp now) {
    return Change(tx, request, config, now).run();
}

Result<std::string> next_record_key(Tx& tx, std::map<std::string, std::int64_t>& counters,
                                    RecordKind kind, Timestamp now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    const int year = static_cast<int>(day.year());
    const std::string name = std::string(to_string(kind)) + "-" + std::to_string(year);
    if (!counters.contains(name)) {
        TOCSIN_TRY(counters[name], tx.counter(name));
    }
    return record_key(kind, year, ++counters[name]);
}

}  // namespace tocsin::bridge
