// The state tables of problems, reviews and articles: every state and every move.
#include "bridge/knowledge/moves.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>

using namespace tocsin;
using namespace tocsin::bridge;
using enum RecordState;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

// With all that a move could ask for.
Record record_in(RecordKind kind, RecordState state) {
    Record out;
    out.key = record_key(kind, 2026, 1);
    out.state = state;
    out.title = "Disk fills";
    out.author = "li.na";
    switch (kind) {
        case RecordKind::kProblem:
            out.part = Problem{"logs", "make room", "rotate"};
            break;
        case RecordKind::kReview:
            out.part =
                Review{"INC-2026-000001", {}, "", {"logs"}, {{"rotate", "li.na", {}, {}, ""}}};
            break;
        case RecordKind::kArticle:
            out.part = Article{"Make room.", {}, ""};
            break;
    }
    return out;
}

RecordMove move_of(MoveKind kind) {
    RecordMove out;
    out.kind = kind;
    out.actor = "zhao.lei";
    out.text = "because";
    out.fields.texts["title"] = "Disk fills again";
    out.incidents = {"INC-2026-000002"};
    out.action = ReviewAction{"look", "li.na", {}, {}, ""};
    out.number = 1;
    return out;
}

struct Row {
    RecordKind kind;
    RecordState from;
    std::map<MoveKind, RecordState> possible;  // every other move is refused
};

const RecordKind kP = RecordKind::kProblem;
const RecordKind kR = RecordKind::kReview;
const RecordKind kA = RecordKind::kArticle;
using M = MoveKind;

const std::vector<Row>& table() {
    static const std::vector<Row> kTable = {
        {kP,
         kSuggested,
         {{M::kEdit, kSuggested},
          {M::kNote, kSuggested},
          {M::kLink, kSuggested},
          {M::kUnlink, kSuggested},
          {M::kOpen, kOpen},
          {M::kReject, kRejected}}},
        {kP,
         kOpen,
         {{M::kEdit, kOpen},
          {M::kNote, kOpen},
          {M::kLink, kOpen},
          {M::kUnlink, kOpen},
          {M::kReject, kRejected},
          {M::kKnownError, kKnownError},
          {M::kFix, kFixed}}},
        {kP,
         kKnownError,
         {{M::kEdit, kKnownError},
          {M::kNote, kKnownError},
          {M::kLink, kKnownError},
          {M::kUnlink, kKnownError},
          {M::kOpen, kOpen},
          {M::kFix, kFixed}}},
        {kP,
         kFixed,
         {{M::kEdit, kFixed},
          {M::kNote, kFixed},
          {M::kLink, kFixed},
          {M::kUnlink, kFixed},
          {M::kOpen, kOpen},
          {M::kClose, kClosed}}},
        {kP,
         kClosed,
         {{M::kNote, kClosed}, {M::kLink, kClosed}, {M::kUnlink, kClosed}, {M::kOpen, kOpen}}},
        {kP, kRejected, {{M::kNote, kRejected}, {M::kOpen, kOpen}}},
        {kR,
         kOpen,
         {{M::kEdit, kOpen},
          {M::kNote, kOpen},
          {M::kLink, kOpen},
          {M::kUnlink, kOpen},
          {M::kAction, kOpen},
          {M::kActionDone, kOpen},
          {M::kDone, kDone}}},
        {kR,
         kDone,
         {{M::kNote, kDone}, {M::kAction, kDone}, {M::kActionDone, kDone}, {M::kReopen, kOpen}}},
        {kA,
         kPublished,
         {{M::kEdit, kPublished}, {M::kNote, kPublished}, {M::kWithdraw, kWithdrawn}}},
        {kA,
         kWithdrawn,
         {{M::kEdit, kWithdrawn}, {M::kNote, kWithdrawn}, {M::kPublish, kPublished}}},
    };
    return kTable;
}

std::string text_of(const Record& record, std::string_view field) {
    const auto& problem = std::get<Problem>(record.part);
    if (field == "root_cause") return problem.root_cause;
    return field == "workaround" ? problem.workaround : problem.fix;
}

}  // namespace

TEST_CASE(
    "every move from every state goes where the table says, or is refused with what is possible") {
    for (const Row& row : table()) {
        const Record before = record_in(row.kind, row.from);
        for (const MoveKind kind : kMoveKinds) {
            INFO(to_string(row.kind) << " " << to_string(row.from) << " " << to_string(kind));
            const RecordDecision made = move_record(before, move_of(kind), kNow);
            const auto expected = row.possible.find(kind);
            if (expected == row.possible.end()) {
                REQUIRE(made.refusal);
                CHECK(made.refusal->code == Refusal::Code::kConflict);
                CHECK(made.refusal->possible.size() == row.possible.size());
                CHECK(made.refusal->message().find(to_string(row.from)) != std::string::npos);
                CHECK(made.next == before);
                CHECK(made.timeline.empty());
                CHECK_FALSE(made.changed);
                continue;
            }
            CHECK_FALSE(made.refusal);
            CHECK(made.changed);
            CHECK(made.next.state == expected->second);
            CHECK(made.next.updated_at == kNow);
            REQUIRE_FALSE(made.timeline.empty());
            for (const TimelineEntry& entry : made.timeline) {
                CHECK(entry.at == kNow);
                CHECK(entry.actor == "zhao.lei");
            }
        }
        for (const auto& [kind, to] : row.possible) {
            const auto has = moves_of(row.kind);
            CHECK(std::find(has.begin(), has.end(), kind) != has.end());
        }
    }
}

TEST_CASE("what a state asks for must be there before it is taken") {
    struct Case {
        RecordKind kind;
        RecordState from;
        MoveKind move;
        const char* field;  // that gives it; nullptr: the text
        const char* says;
    };
    for (const Case& c : std::vector<Case>{
             {kP, kOpen, M::kReject, nullptr, "why it is no problem"},
             {kP, kOpen, M::kKnownError, "workaround", "needs a workaround or a root cause"},
             {kP, kOpen, M::kKnownError, "root_cause", "needs a workaround or a root cause"},
             {kP, kKnownError, M::kFix, "fix", "needs the permanent fix"},
         }) {
        INFO(to_string(c.move));
        Record record = record_in(c.kind, c.from);
        record.part = Problem{};
        RecordMove move;
        move.kind = c.move;
        move.actor = "li.na";
        const RecordDecision without = move_record(record, move, kNow);
        REQUIRE(without.refusal);
        CHECK(without.refusal->code == Refusal::Code::kInvalid);
        CHECK(without.refusal->message().find(c.says) != std::string::npos);
        if (c.field == nullptr) {
            move.text = "a test";
        } else {
            move.fields.texts[c.field] = "this";
        }
        const RecordDecision with = move_record(record, move, kNow);
        CHECK_FALSE(with.refusal);
        if (c.field != nullptr) CHECK(text_of(with.next, c.field) == "this");
    }
    Record review = record_in(kR, kOpen);
    std::get<Review>(review.part).causes.clear();
    RecordMove done;
    done.kind = M::kDone;
    done.actor = "li.na";
    CHECK(move_record(review, done, kNow).refusal);
    done.fields.causes = {"full disk"};
    CHECK(move_record(review, done, kNow).next.state == kDone);
}

TEST_CASE("fields are of their kind, are told by name, and the same again is nothing") {
    RecordMove edit;
    edit.actor = "li.na";
    edit.fields.texts = {{"workaround", " make room "}, {"owner", "li.na"}};
    const Record problem = record_in(kP, kOpen);
    const RecordDecision made = move_record(problem, edit, kNow);
    REQUIRE(made.changed);
    CHECK(made.next.owner == "li.na");
    REQUIRE(made.timeline.size() == 1);
    CHECK(made.timeline[0].text == "li.na changes owner");  // the workaround is what it was
    CHECK(made.timeline[0].data == EntryData{{"owner", "li.na"}});
    CHECK_FALSE(move_record(made.next, edit, kNow + 1s).changed);

    for (const auto& [name, value, says] :
         std::vector<std::tuple<std::string, std::string, std::string>>{
             {"draft", "x", "a problem has no draft"},
             {"title", " ", "title must not be empty"},
             {"title", "two\nlines", "title must be one line"},
             {"owner", std::string(600, 'x'), "owner is too long"}}) {
        RecordMove wrong;
        wrong.actor = "li.na";
        wrong.fields.texts[name] = value;
        const RecordDecision refused = move_record(problem, wrong, kNow);
        REQUIRE(refused.refusal);
        CHECK(refused.refusal->message() == says);
        CHECK(refused.next == problem);
    }
    RecordMove causes;
    causes.actor = "li.na";
    causes.fields.causes = {"x"};
    CHECK(move_record(record_in(kA, kPublished), causes, kNow).refusal->message() ==
          "an article has no causes");
}

TEST_CASE("actions are numbered, have the review's owner where they name none, and are done once") {
    Record review = record_in(kR, kOpen);
    review.owner = "boss";
    RecordMove add;
    add.kind = M::kAction;
    add.actor = "li.na";
    add.action = ReviewAction{" order disks ", "", kNow + 24h, {}, ""};
    const RecordDecision added = move_record(review, add, kNow);
    const auto& actions = std::get<Review>(added.next.part).actions;
    REQUIRE(actions.size() == 2);
    CHECK(actions[1].text == "order disks");
    CHECK(actions[1].owner == "boss");
    CHECK(added.timeline[0].data.at("number") == "2");
    CHECK_FALSE(is_overdue(added.next, kNow + 24h));
    CHECK(is_overdue(added.next, kNow + 24h + 1ms));

    RecordMove done;
    done.kind = M::kActionDone;
    done.actor = "boss";
    done.number = 2;
    const RecordDecision ended = move_record(added.next, done, kNow + 1h);
    CHECK(std::get<Review>(ended.next.part).actions[1].done_by == "boss");
    CHECK_FALSE(is_overdue(ended.next, kNow + 48h));
    CHECK_FALSE(move_record(ended.next, done, kNow + 2h).changed);
    done.number = 3;
    CHECK(move_record(ended.next, done, kNow).refusal->message() ==
          "there is no action 3; there are 2");
    add.action->text = " ";
    CHECK(move_record(review, add, kNow).refusal);
}

TEST_CASE("a review that is late is overdue until it is done") {
    Record review = record_in(kR, kOpen);
    std::get<Review>(review.part).due = kNow;
    CHECK_FALSE(is_overdue(review, kNow));
    CHECK(is_overdue(review, kNow + 1ms));
    review.state = kDone;
    CHECK_FALSE(is_overdue(review, kNow + 1h));
}

TEST_CASE("a new record begins where its kind begins, and says what it lacks") {
    RecordMove move;
    move.actor = "li.na";
    CHECK(make_record(kP, "PRB-2026-000001", move, kNow).refusal->message() ==
          "a problem needs a title");
    move.fields.texts["title"] = "Disk fills";
    const RecordDecision by_hand = make_record(kP, "PRB-2026-000001", move, kNow);
    CHECK(by_hand.next.state == kOpen);
    CHECK(by_hand.next.author == "li.na");
    CHECK(by_hand.next.created_at == kNow);
    CHECK(by_hand.timeline.at(0).kind == "made");
    CHECK(make_record(kA, "ART-2026-000001", move, kNow).refusal->message() ==
          "an article needs a text");
    move.actor = std::string(kSystem);
    CHECK(make_record(kP, "PRB-2026-000001", move, kNow).next.state == kSuggested);
    move.fields.texts["text"] = "# Make room";
    CHECK(make_record(kA, "ART-2026-000001", move, kNow).next.state == kPublished);
}

TEST_CASE("words of kinds, states and moves are there once and read back") {
    for (const RecordKind kind : kRecordKinds) CHECK(parse_record_kind(to_string(kind)) == kind);
    for (const RecordState state : kRecordStates)
        CHECK(parse_record_state(to_string(state)) == state);
    CHECK_FALSE(parse_record_state("half"));
    std::vector<std::string_view> words;
    for (const MoveKind move : kMoveKinds) words.push_back(to_string(move));
    std::sort(words.begin(), words.end());
    CHECK(std::adjacent_find(words.begin(), words.end()) == words.end());
    CHECK(record_key(kP, 2026, 17) == "PRB-2026-000017");
    CHECK(record_key(kR, 2026, 1'234'567) == "REV-2026-1234567");
}
