// What people and the bridge do to records: (record, move, now) → what it becomes and what its
// timeline says. Pure, with the habits of bridge/incident: a move that is not possible says what
// is.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/decide.h"
#include "bridge/knowledge/record.h"

namespace tocsin::bridge {

enum class MoveKind {
    kEdit,  // the fields alone
    kNote,
    kOpen,        // a problem: the suggestion is taken up, or it is not over after all
    kReject,      // it is none; `text` says why
    kKnownError,  // needs a workaround or a root cause
    kFix,         // needs the permanent fix
    kClose,
    kLink,  // incidents
    kUnlink,
    kAction,      // of a review: one more thing to do
    kActionDone,  // `number` of them
    kDone,        // a review; needs its causes
    kReopen,
    kPublish,
    kWithdraw
};
inline constexpr std::array kMoveKinds = {
    MoveKind::kEdit,       MoveKind::kNote,    MoveKind::kOpen,       MoveKind::kReject,
    MoveKind::kKnownError, MoveKind::kFix,     MoveKind::kClose,      MoveKind::kLink,
    MoveKind::kUnlink,     MoveKind::kAction,  MoveKind::kActionDone, MoveKind::kDone,
    MoveKind::kReopen,     MoveKind::kPublish, MoveKind::kWithdraw};
std::string_view to_string(MoveKind kind);  // the API's path: "known_error" …
// Those that a kind of record has, whatever its state.
std::vector<MoveKind> moves_of(RecordKind kind);

// What of a record is given; what is not stays as it is.
struct RecordFields {
    // By the API's name: title, owner; root_cause, workaround, fix; draft; text (an article's).
    std::map<std::string, std::string> texts;
    std::optional<Timestamp> due;
    std::vector<std::string> causes;  // replaces them, unless empty
    Matchers match;                   // likewise
};

struct RecordMove {
    MoveKind kind = MoveKind::kEdit;
    std::string actor;  // never empty
    std::string text;   // a note, or why
    RecordFields fields{};
    // Of link and unlink: keys of incidents for which that changes something.
    std::vector<std::string> incidents{};
    std::optional<ReviewAction> action{};
    int number = 0;
};

struct RecordRefusal {
    Refusal::Code code = Refusal::Code::kConflict;
    Reason reason;
    std::vector<MoveKind> possible;  // in this state

    std::string message() const { return reason.english(); }
};

struct RecordDecision {
    Record next;  // == the record given, when refused or nothing changed
    std::vector<TimelineEntry> timeline;
    std::string reason;  // for the answer
    std::optional<RecordRefusal> refusal;
    bool changed = false;
};

RecordDecision move_record(const Record& record, const RecordMove& move, Timestamp now);
std::vector<MoveKind> possible_moves(const Record& record);

// A new one; `move` gives its fields and who makes it. Problems and reviews are open, articles are
// published; a problem that the bridge makes (the actor is kSystem) is a suggestion. What is
// missing or does not belong to the kind is a refusal (kInvalid).
RecordDecision make_record(RecordKind kind, const std::string& key, const RecordMove& move,
                           Timestamp now);

}  // namespace tocsin::bridge
