#include "bridge/knowledge/record.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::bridge {
namespace {

struct KindWords {
    std::string_view one;
    std::string_view many;
    std::string_view prefix;
};
// In the order of RecordKind and RecordState.
constexpr std::array<KindWords, kRecordKinds.size()> kKindWords = {{
    {"problem", "problems", "PRB"},
    {"review", "reviews", "REV"},
    {"article", "articles", "ART"},
}};
constexpr std::array<std::string_view, kRecordStates.size()> kStateWords = {
    "suggested", "open", "known_error", "fixed",    "closed",
    "rejected",  "done", "published",   "withdrawn"};

const KindWords& words_of(RecordKind kind) {
    return kKindWords.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string_view to_string(RecordKind kind) {
    return words_of(kind).one;
}
std::string_view plural(RecordKind kind) {
    return words_of(kind).many;
}
std::optional<RecordKind> parse_record_kind(std::string_view text) {
    for (const RecordKind kind : kRecordKinds) {
        if (to_string(kind) == text) return kind;
    }
    return std::nullopt;
}

std::string_view to_string(RecordState state) {
    return kStateWords.at(static_cast<std::size_t>(state));
}
std::optional<RecordState> parse_record_state(std::string_view text) {
    for (const RecordState state : kRecordStates) {
        if (to_string(state) == text) return state;
    }
    return std::nullopt;
}

bool is_over(RecordState state) {
    switch (state) {
        case RecordState::kClosed:
        case RecordState::kRejected:
        case RecordState::kDone:
        case RecordState::kWithdrawn:
            return true;
        case RecordState::kSuggested:
        case RecordState::kOpen:
        case RecordState::kKnownError:
        case RecordState::kFixed:
        case RecordState::kPublished:
            return false;
    }
    return false;
}

std::string record_key(RecordKind kind, int year, std::int64_t number) {
    return fmt::format("{}-{}-{:06}", words_of(kind).prefix, year, number);
}

bool is_overdue(const ReviewAction& action, Timestamp now) {
    return !action.done_at && action.due && *action.due < now;
}

bool is_overdue(const Record& record, Timestamp now) {
    const auto* review = std::get_if<Review>(&record.part);
    if (review == nullptr) return false;
    const bool late = record.state == RecordState::kOpen && review->due && *review->due < now;
    return late || std::any_of(review->actions.begin(), review->actions.end(),
                               [&](const ReviewAction& a) { return is_overdue(a, now); });
}

}  // namespace tocsin::bridge
