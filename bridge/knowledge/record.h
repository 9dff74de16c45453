// What is kept beyond a single incident: problems, reviews and articles. They are one kind of
// record, with a key, a state, an owner and a timeline, and a part of its own for each kind. Plain
// values; make_record() and move_record() make the next one, and nothing else does (moves.h).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/time.h"
#include "base/model/matcher.h"

namespace tocsin::bridge {

enum class RecordKind { kProblem, kReview, kArticle };  // in the order of Record::part
inline constexpr std::array kRecordKinds = {RecordKind::kProblem, RecordKind::kReview,
                                            RecordKind::kArticle};
std::string_view to_string(RecordKind kind);  // "problem"
std::string_view plural(RecordKind kind);     // "problems": the API's path
std::optional<RecordKind> parse_record_kind(std::string_view text);

// Problems: suggested → open → known_error → fixed → closed, or rejected. Reviews: open → done.
// Articles: published ⇄ withdrawn.
enum class RecordState {
    kSuggested,
    kOpen,
    kKnownError,
    kFixed,
    kClosed,
    kRejected,
    kDone,
    kPublished,
    kWithdrawn
};
inline constexpr std::array kRecordStates = {
    RecordState::kSuggested, RecordState::kOpen,      RecordState::kKnownError,
    RecordState::kFixed,     RecordState::kClosed,    RecordState::kRejected,
    RecordState::kDone,      RecordState::kPublished, RecordState::kWithdrawn};
std::string_view to_string(RecordState state);  // "known_error"
std::optional<RecordState> parse_record_state(std::string_view text);
// Nothing is to be done about it any more: closed, rejected, done, withdrawn.
bool is_over(RecordState state);

// Why incidents recur. Which dedup keys it is about follows from the incidents linked to it.
struct Problem {
    std::string root_cause;
    std::string workaround;  // shown on each new incident of its keys
    std::string fix;         // the permanent one
    bool operator==(const Problem&) const = default;
};

struct ReviewAction {
    std::string text;
    std::string owner;
    std::optional<Timestamp> due;
    std::optional<Timestamp> done_at;
    std::string done_by;
    bool operator==(const ReviewAction&) const = default;
};

// What is learnt of an incident, or of a problem.
struct Review {
    std::string about;  // the key of one of them
    std::optional<Timestamp> due;
    std::string draft;  // of the timeline; copied, then edited by people
    std::vector<std::string> causes;
    std::vector<ReviewAction> actions;  // numbered from 1
    bool operator==(const Review&) const = default;
};

// How something is handled. Shown on incidents with an alert whose labels match; without a matcher
// on none.
struct Article {
    std::string text;  // Markdown, kept as it is
    Matchers match;
    std::string incident;  // the key of the one whose resolution it keeps; "" for none
    bool operator==(const Article&) const = default;
};

struct Record {
    std::string key;  // "PRB-2026-000001", "REV-…", "ART-…"
    RecordState state = RecordState::kOpen;
    std::string title;   // one line
    std::string owner;   // "" for nobody
    std::string author;  // who made it; "system" for one that was suggested
    Timestamp created_at;
    Timestamp updated_at;
    std::variant<Problem, Review, Article> part;

    [[nodiscard]] RecordKind kind() const { return kRecordKinds.at(part.index()); }
    bool operator==(const Record&) const = default;
};

// "PRB-2026-000001".
std::string record_key(RecordKind kind, int year, std::int64_t number);
// Of a review or one of its actions: it should have been done by now.
bool is_overdue(const Record& record, Timestamp now);
bool is_overdue(const ReviewAction& action, Timestamp now);

// When a problem is suggested, and when a review is due.
struct KnowledgeSettings {
    int after = 3;  // so many incidents of a dedup key; 0: never
    Duration within = 30 * 24h;
    Duration review_due = 7 * 24h;
};

}  // namespace tocsin::bridge
