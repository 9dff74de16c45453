// Problems, reviews, articles and past incidents, in every store.
#include <catch2/catch.hpp>
#include <chrono>

#include "backend.h"
#include "rows.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::any_backend;
using tocsin::bridge::test::kNow;
using tocsin::bridge::test::read;

namespace {

Incident incident(std::int64_t id, State state, std::string dedup_key, Labels labels) {
    Incident out;
    out.id = IncidentId{id};
    out.key = "INC-2026-" + std::to_string(100'000 + id);
    out.dedup_key = std::move(dedup_key);
    out.state = state;
    out.labels = std::move(labels);
    out.title = "title " + std::to_string(id);
    out.opened_at = out.updated_at = kNow + 1min * id;
    return out;
}

void write(Store& store, Changes changes) {
    changes.now = kNow;
    bridge::test::write(store, changes);
}

Record record(std::string key, RecordState state, std::variant<Problem, Review, Article> part) {
    Record out;
    out.key = std::move(key);
    out.state = state;
    out.title = "磁盘 \"full\"";
    out.owner = "li.na";
    out.author = "boss";
    out.created_at = kNow;
    out.updated_at = kNow + 1s;
    out.part = std::move(part);
    return out;
}

std::vector<Record> one_of_each() {
    Review review{"INC-2026-100001",
                  kNow + 24h,
                  "12:00 li.na: looking\n",
                  {"logs", "no alert"},
                  {{"rotate", "li.na", kNow + 48h, {}, ""}, {"alert", "", {}, kNow, "boss"}}};
    Article article{"# 处置\nMake room.", {}, "INC-2026-100001"};
    for (const char* text : {"alertname=\"DiskFull\"", "host=~\"web-.*\"", "env!=\"test\""}) {
        article.match.push_back(parse_matcher(text).value());
    }
    return {record("PRB-2026-000001", RecordState::kKnownError, Problem{"logs", "make room", ""}),
            record("REV-2026-000001", RecordState::kOpen, review),
            record("ART-2026-000001", RecordState::kPublished, article)};
}

std::vector<std::string> keys(const std::vector<Record>& records) {
    std::vector<std::string> out;
    for (const Record& one : records) out.push_back(one.key);
    return out;
}
using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a record of each kind is kept as it is, and replaced") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.knowledge.records = one_of_each();
    changes.knowledge.timeline = {
        {"PRB-2026-000001", {kNow, "made", "boss", "boss makes it", {{"text", "why"}}}},
        {"PRB-2026-000001", {kNow + 1s, "note", "li.na", "looking", {}}}};
    REQUIRE_FALSE(changes.empty());
    write(*store, changes);
    for (const Record& one : changes.knowledge.records) {
        const auto found = read(*store, [&](Tx& tx) { return tx.knowledge().record(one.key); });
        REQUIRE(found);
        CHECK(*found == one);
    }
    const auto queries = backend->queries();
    const RecordDetail detail = queries->knowledge().detail("PRB-2026-000001").value();
    REQUIRE(detail.timeline.size() == 2);
    CHECK(detail.timeline[0] == changes.knowledge.timeline[0].entry);
    CHECK(detail.timeline[1].text == "looking");

    Changes again;
    again.knowledge.records = {changes.knowledge.records[0]};
    again.knowledge.records[0].state = RecordState::kFixed;
    std::get<Problem>(again.knowledge.records[0].part).fix = "rotate";
    write(*store, again);
    CHECK(queries->knowledge().detail("PRB-2026-000001").value().record ==
          again.knowledge.records[0]);
    const auto none = queries->knowledge().detail("PRB-2026-000009");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::kNotFound);
    CHECK_FALSE(read(*store, [](Tx& tx) { return tx.knowledge().record("X"); }));
}

TEST_CASE(
    "records are listed by kind, state, owner, text and incident, the newest first, in pages") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.incidents = {incident(1, State::kClosed, "k", {})};
    changes.knowledge.records = one_of_each();
    for (int i = 2; i <= 4; ++i) {
        changes.knowledge.records.push_back(
            record("PRB-2026-00000" + std::to_string(i), static_cast<RecordState>(i), Problem{}));
    }
    changes.knowledge.records.back().owner = "boss";
    changes.knowledge.linked = {{"PRB-2026-000003", IncidentId{1}, "k"}};
    write(*store, changes);
    const auto queries = backend->queries();
    const auto list = [&](RecordFilter filter) {
        return queries->knowledge().list(filter).value();
    };
    using Which = RecordFilter::Which;
    // 1 known_error, 2 known_error, 3 fixed, 4 closed
    CHECK(keys(list({}).records) == Keys{"PRB-2026-000003", "PRB-2026-000002", "PRB-2026-000001"});
    CHECK(list({.which = Which::kAll}).records.size() == 4);
    CHECK(keys(list({.which = Which::kState, .state = RecordState::kClosed}).records) ==
          Keys{"PRB-2026-000004"});
    CHECK(keys(list({.which = Which::kAll, .owner = "boss"}).records) == Keys{"PRB-2026-000004"});
    CHECK(keys(list({.incident = "INC-2026-100001"}).records) == Keys{"PRB-2026-000003"});
    CHECK(list({.text = "FULL"}).records.size() == 3);
    CHECK(keys(list({.text = "prb-2026-000002"}).records) == Keys{"PRB-2026-000002"});
    CHECK(list({.text = "none"}).records.empty());
    CHECK(keys(list({.kind = RecordKind::kReview}).records) == Keys{"REV-2026-000001"});
    const RecordPage first = list({.limit = 2});
    CHECK(keys(first.records) == Keys{"PRB-2026-000003", "PRB-2026-000002"});
    CHECK(first.next == "PRB-2026-000002");
    const RecordPage second = list({.limit = 2, .before = first.next});
    CHECK(keys(second.records) == Keys{"PRB-2026-000001"});
    CHECK(second.next.empty());
}

TEST_CASE("a problem has the keys of its incidents, and loses one with its last incident") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.incidents = {incident(1, State::kClosed, "a", {}), incident(2, State::kClosed, "a", {}),
                         incident(3, State::kClosed, "b", {})};
    changes.knowledge.records = one_of_each();
    const RecordLink first{"PRB-2026-000001", IncidentId{1}, "a"};
    const RecordLink second{"PRB-2026-000001", IncidentId{2}, "a"};
    const RecordLink third{"PRB-2026-000001", IncidentId{3}, "b"};
    changes.knowledge.linked = {
        first, first, second, third, {"REV-2026-000001", IncidentId{1}, ""}};
    write(*store, changes);
    const auto about = [&](const std::vector<std::string>& dedup_keys) {
        return read(*store, [&](Tx& tx) { return tx.knowledge().problems_of(dedup_keys); });
    };
    CHECK(about({"a", "b", "c"}).size() == 2);
    CHECK(about({"b"}).at("b").at(0).key == "PRB-2026-000001");
    const auto of = [&](std::int64_t id) {
        return keys(
            read(*store, [&](Tx& tx) { return tx.knowledge().records_of(IncidentId{id}); }));
    };
    CHECK(of(1) == Keys{"REV-2026-000001", "PRB-2026-000001"});
    CHECK(of(2) == Keys{"PRB-2026-000001"});
    CHECK(backend->queries()->knowledge().detail("PRB-2026-000001").value().incidents.size() == 3);

    Changes less;
    less.knowledge.unlinked = {first, third};
    write(*store, less);
    CHECK(of(1) == Keys{"REV-2026-000001"});
    CHECK(about({"a"}).size() == 1);
    CHECK(about({"b"}).empty());
    less.knowledge.unlinked = {second};
    write(*store, less);
    CHECK(about({"a"}).empty());
}

TEST_CASE("the past incidents of keys are those that have ended, from a moment on") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.incidents = {
        incident(1, State::kClosed, "a", {}), incident(2, State::kResolved, "a", {}),
        incident(3, State::kClosed, "a", {}), incident(4, State::kTriggered, "a", {}),
        incident(5, State::kClosed, "b", {})};
    write(*store, changes);
    const auto past = [&](Timestamp since) {
        return read(*store, [&](Tx& tx) { return tx.knowledge().past_of({"a", "c"}, since); });
    };
    CHECK(past(kNow).at("a") ==
          std::vector<IncidentId>{IncidentId{1}, IncidentId{2}, IncidentId{3}});
    CHECK(past(kNow + 2min).at("a") == std::vector<IncidentId>{IncidentId{2}, IncidentId{3}});
    CHECK(past(kNow + 3min + 1ms).empty());
}

TEST_CASE("beside an incident stand its past ones, its records and the articles that match") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const Labels disk{{"alertname", "DiskFull"}, {"host", "web-1"}};
    Changes changes;
    changes.incidents = {incident(1, State::kClosed, "k", disk),
                         incident(2, State::kClosed, "other", disk),
                         incident(3, State::kTriggered, "third", disk),
                         incident(4, State::kClosed, "cpu", Labels{{"alertname", "CpuHot"}}),
                         incident(9, State::kTriggered, "k", disk)};
    changes.incidents[0].facts.findings.solution = "made room";
    changes.knowledge.records = one_of_each();
    changes.knowledge.records.push_back(
        record("PRB-2026-000002", RecordState::kRejected, Problem{}));
    for (const char* key : {"PRB-2026-000001", "PRB-2026-000002", "REV-2026-000001"}) {
        changes.knowledge.linked.push_back({key, IncidentId{9}, "k"});
    }
    write(*store, changes);
    const auto queries = backend->queries();
    const Background found = queries->incident("INC-2026-100009").value().background;
    REQUIRE(found.similar.size() == 2);
    CHECK(found.similar[0].key == "INC-2026-100001");
    CHECK(found.similar[0].facts.findings.solution == "made room");
    CHECK(found.similar[1].key == "INC-2026-100002");
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].key == "PRB-2026-000001");
    REQUIRE(found.reviews.size() == 1);
    REQUIRE(found.articles.size() == 1);
    CHECK(found.articles[0].key == "ART-2026-000001");
    CHECK(found.articles[0].text == "# 处置\nMake room.");
    CHECK(queries->incident("INC-2026-100004").value().background.articles.empty());
    CHECK(read(*store, [&](Tx& tx) {
              return tx.knowledge().background(changes.incidents[4]);
          }).similar.size() == 2);
}

TEST_CASE(
    "a review that is written is looked at at once, keeps its last look, and goes when told") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const auto due = [&](Timestamp now) {
        std::string out;
        for (const ReviewTimer& row :
             read(*store, [&](Tx& tx) { return tx.knowledge().due_reviews(now, 10); })) {
            out += row.record + " since " + format_rfc3339(row.since) + "\n";
        }
        return out;
    };
    Changes changes;
    changes.knowledge.records = {record("REV-2026-000001", RecordState::kOpen, Review{}),
                                 record("PRB-2026-000001", RecordState::kOpen, Problem{})};
    write(*store, changes);
    const std::string first = "REV-2026-000001 since " + format_rfc3339(kNow) + "\n";
    CHECK(due(kNow) == first);
    CHECK(store->next_timer().value() == kNow);

    Changes looked;
    looked.knowledge.reminders = {{"REV-2026-000001", kNow + 2h, kNow + 1h}};
    write(*store, looked);
    CHECK(due(kNow + 1h).empty());
    const std::string later = "REV-2026-000001 since " + format_rfc3339(kNow + 1h) + "\n";
    CHECK(due(kNow + 2h) == later);
    write(*store, changes);  // edited
    CHECK(due(kNow) == later);

    looked.knowledge.reminders = {{"REV-2026-000001", std::nullopt, kNow}};
    write(*store, looked);
    CHECK(due(kNow + 1000h).empty());
    CHECK_FALSE(store->next_timer().value());
}
