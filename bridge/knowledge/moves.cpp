#include "bridge/knowledge/moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/core/strings.h"
#include "bridge/knowledge/record_draft.h"

namespace tocsin::bridge {
namespace {

using enum RecordState;
using enum RecordKind;

constexpr unsigned in(std::initializer_list<RecordState> states) {
    unsigned set = 0;
    for (const RecordState state : states) set |= 1U << static_cast<unsigned>(state);
    return set;
}
constexpr unsigned kAnyState = ~0U;
constexpr unsigned kUnderWay = in({kSuggested, kOpen, kKnownError, kFixed});

// Who may move from where to where; every other move is refused.
struct Row {
    RecordKind record;
    MoveKind move;
    unsigned from;
    std::optional<RecordState> to;  // none: the state stays
    std::string_view entry;         // the timeline's kind
    std::string_view says;          // after the actor's name
};
constexpr std::array kRows = {
    Row{kProblem, MoveKind::kEdit, kUnderWay, {}, "edited", "changes"},
    Row{kProblem, MoveKind::kNote, kAnyState, {}, "note", ""},
    Row{kProblem, MoveKind::kOpen, in({kSuggested, kKnownError, kFixed, kClosed, kRejected}), kOpen,
        "opened", "opens it"},
    Row{kProblem, MoveKind::kReject, in({kSuggested, kOpen}), kRejected, "rejected", "rejects it"},
    Row{kProblem, MoveKind::kKnownError, in({kOpen}), kKnownError, "known_error",
        "makes it a known error"},
    Row{kProblem, MoveKind::kFix, in({kOpen, kKnownError}), kFixed, "fixed", "has fixed it"},
    Row{kProblem, MoveKind::kClose, in({kFixed}), kClosed, "closed", "closes it"},
    Row{kProblem, MoveKind::kLink, kUnderWay | in({kClosed}), {}, "linked", "links"},
    Row{kProblem, MoveKind::kUnlink, kUnderWay | in({kClosed}), {}, "unlinked", "unlinks"},
    Row{kReview, MoveKind::kEdit, in({kOpen}), {}, "edited", "changes"},
    Row{kReview, MoveKind::kNote, kAnyState, {}, "note", ""},
    Row{kReview, MoveKind::kLink, in({kOpen}), {}, "linked", "links"},
    Row{kReview, MoveKind::kUnlink, in({kOpen}), {}, "unlinked", "unlinks"},
    Row{kReview, MoveKind::kAction, kAnyState, {}, "action", "adds an action"},
    Row{kReview, MoveKind::kActionDone, kAnyState, {}, "action_done", "has done"},
    Row{kReview, MoveKind::kDone, in({kOpen}), kDone, "done", "ends the review"},
    Row{kReview, MoveKind::kReopen, in({kDone}), kOpen, "reopened", "opens it again"},
    Row{kArticle, MoveKind::kEdit, kAnyState, {}, "edited", "changes"},
    Row{kArticle, MoveKind::kNote, kAnyState, {}, "note", ""},
    Row{kArticle, MoveKind::kPublish, in({kWithdrawn}), kPublished, "published", "publishes it"},
    Row{kArticle, MoveKind::kWithdraw, in({kPublished}), kWithdrawn, "withdrawn", "withdraws it"},
};

// In the order of MoveKind.
constexpr std::array<std::string_view, kMoveKinds.size()> kMoveWords = {
    "edit",   "note",   "open",        "reject", "known_error", "fix",     "close",   "link",
    "unlink", "action", "action_done", "done",   "reopen",      "publish", "withdraw"};

constexpr std::size_t kMostActions = 100;

bool holds(unsigned set, RecordState state) {
    return (set & (1U << static_cast<unsigned>(state))) != 0;
}

RecordDecision add_action(RecordDraft& d, const RecordMove& move, const Row& row) {
    auto& actions = d.part<Review>().actions;
    if (!move.action || trim(move.action->text).empty()) {
        return d.invalid("an action needs a text: what is to be done");
    }
    if (actions.size() >= kMostActions) {
        return d.invalid(
            because("a review has at most {} actions", {{std::to_string(kMostActions)}}));
    }
    ReviewAction action = *move.action;
    action.text = std::string(trim(action.text));
    if (action.owner.empty()) action.owner = d.next().owner;
    const std::string number = std::to_string(actions.size() + 1);
    d.say(row.entry, fmt::format("{} {} {}: {}", move.actor, row.says, number, action.text),
          {{"number", number},
           {"action", action.text},
           {"owner", action.owner},
           {"due_at", action.due ? format_rfc3339(*action.due) : ""}});
    actions.push_back(std::move(action));
    return d.done("added as number " + number);
}

RecordDecision action_done(RecordDraft& d, const RecordMove& move, const Row& row, Timestamp now) {
    auto& actions = d.part<Review>().actions;
    if (move.number < 1 || static_cast<std::size_t>(move.number) > actions.size()) {
        return d.invalid(
            because("there is no action {}; there are {}",
                    {{std::to_string(move.number)}, {std::to_string(actions.size())}}));
    }
    ReviewAction& action = actions.at(static_cast<std::size_t>(move.number) - 1);
    if (action.done_at) return d.nothing("it is done already");
    action.done_at = now;
    action.done_by = move.actor;
    d.say(row.entry, fmt::format("{} {} {}: {}", move.actor, row.says, move.number, action.text),
          {{"number", std::to_string(move.number)}, {"action", action.text}});
    return d.done("done");
}

RecordDecision link_incidents(RecordDraft& d, const RecordMove& move, const Row& row) {
    if (move.incidents.empty()) {
        return d.nothing(move.kind == MoveKind::kLink ? "linked already" : "not linked");
    }
    const std::string keys = joined(move.incidents);
    d.say(row.entry, fmt::format("{} {} {}", move.actor, row.says, keys), {{"incidents", keys}});
    return d.done(std::string(row.entry) + " " + keys);
}

// What a state asks for before it can be had; nothing when it is there.
std::optional<Reason> missing(const Record& next, const RecordMove& move) {
    switch (move.kind) {
        case MoveKind::kReject:
            if (trim(move.text).empty()) return "reject needs a text: why it is no problem";
            break;
        case MoveKind::kKnownError:
            if (std::get<Problem>(next.part).workaround.empty() &&
                std::get<Problem>(next.part).root_cause.empty()) {
                return "a known error needs a workaround or a root cause";
            }
            break;
        case MoveKind::kFix:
            if (std::get<Problem>(next.part).fix.empty()) {
                return "fix needs the permanent fix: what was changed";
            }
            break;
        case MoveKind::kDone:
            if (std::get<Review>(next.part).causes.empty()) {
                return "a review needs its causes before it is done";
            }
            break;
        case MoveKind::kEdit:
        case MoveKind::kNote:
        case MoveKind::kOpen:
        case MoveKind::kClose:
        case MoveKind::kLink:
        case MoveKind::kUnlink:
        case MoveKind::kAction:
        case MoveKind::kActionDone:
        case MoveKind::kReopen:
        case MoveKind::kPublish:
        case MoveKind::kWithdraw:
            break;
    }
    return std::nullopt;
}

const Row* row_of(RecordKind kind, MoveKind move) {
    const auto* const found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
        return row.record == kind && row.move == move;
    });
    return found == kRows.end() ? nullptr : found;
}

Reason not_possible(const Record& record, MoveKind move) {
    std::vector<std::string> possible;
    for (const MoveKind kind : possible_moves(record)) possible.emplace_back(to_string(kind));
    return because("{} is {}: {} is not possible; possible are {}",
                   {{record.key},
                    {to_string(record.state), "record_state"},
                    {to_string(move), "move"},
                    {joined(possible), "move"}});
}

}  // namespace

std::string_view to_string(MoveKind kind) {
    return kMoveWords.at(static_cast<std::size_t>(kind));
}

std::vector<MoveKind> moves_of(RecordKind kind) {
    std::vector<MoveKind> out;
    for (const Row& row : kRows) {
        if (row.record == kind) out.push_back(row.move);
    }
    return out;
}

std::vector<MoveKind> possible_moves(const Record& record) {
    std::vector<MoveKind> out;
    for (const Row& row : kRows) {
        if (row.record == record.kind() && holds(row.from, record.state)) out.push_back(row.move);
    }
    return out;
}

RecordDecision move_record(const Record& record, const RecordMove& move, Timestamp now) {
    RecordDraft d(record, move, now);
    const Row* row = row_of(record.kind(), move.kind);
    if (row == nullptr || !holds(row->from, record.state)) {
        return d.refuse(Refusal::Code::kConflict, not_possible(record, move.kind));
    }
    if (auto problem = d.take_fields(RecordDraft::Words::kSay))
        return d.invalid(std::move(*problem));
    if (auto needs = missing(d.next(), move)) {
        return d.invalid(std::move(*needs));
    }
    switch (move.kind) {
        case MoveKind::kEdit:
            return d.took_fields() ? d.done("changed") : d.nothing("nothing is different");
        case MoveKind::kNote:
            if (trim(move.text).empty()) return d.invalid("note needs a text");
            d.say(row->entry, std::string(trim(move.text)));
            return d.done("noted");
        case MoveKind::kAction:
            return add_action(d, move, *row);
        case MoveKind::kActionDone:
            return action_done(d, move, *row, now);
        case MoveKind::kLink:
        case MoveKind::kUnlink:
            return link_incidents(d, move, *row);
        case MoveKind::kOpen:
        case MoveKind::kReject:
        case MoveKind::kKnownError:
        case MoveKind::kFix:
        case MoveKind::kClose:
        case MoveKind::kDone:
        case MoveKind::kReopen:
        case MoveKind::kPublish:
        case MoveKind::kWithdraw:
            break;
    }
    d.next().state = *row->to;
    d.say(row->entry, fmt::format("{} {}", move.actor, row->says));
    return d.done(fmt::format("now {}", to_string(*row->to)));
}

RecordDecision make_record(RecordKind kind, const std::string& key, const RecordMove& move,
                           Timestamp now) {
    Record record;
    record.key = key;
    record.author = move.actor;
    record.created_at = now;
    const bool suggested = move.actor == kSystem;
    switch (kind) {
        case RecordKind::kProblem:
            record.part = Problem{};
            record.state = suggested ? kSuggested : kOpen;
            break;
        case RecordKind::kReview:
            record.part = Review{};
            record.state = kOpen;
            break;
        case RecordKind::kArticle:
            record.part = Article{};
            record.state = kPublished;
            break;
    }
    RecordDraft d(record, move, now);
    if (auto problem = d.take_fields(RecordDraft::Words::kQuiet))
        return d.invalid(std::move(*problem));
    const std::string a = fmt::format("{} {}", kind == kArticle ? "an" : "a", to_string(kind));
    if (d.next().title.empty()) return d.invalid(because("{} needs a title", {{a, "record"}}));
    if (kind == kArticle && d.part<Article>().text.empty())
        return d.invalid(because("{} needs a text", {{a, "record"}}));
    if (suggested) {
        d.say("suggested", "Suggested");
    } else {
        d.say("made", fmt::format("{} makes the {}", move.actor, to_string(kind)));
    }
    return d.done("made");
}

}  // namespace tocsin::bridge
