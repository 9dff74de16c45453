// What the API can ask a store.
#include "bridge/store/queries.h"

#include <catch2/catch.hpp>

#include "backend.h"
#include "rows.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

Incident incident(std::int64_t id, State state, Labels labels, std::string title) {
    Incident out;
    out.id = IncidentId{id};
    out.key = "INC-2026-00000" + std::to_string(id);
    out.dedup_key = "k" + std::to_string(id);
    out.state = state;
    out.labels = std::move(labels);
    out.title = std::move(title);
    out.opened_at = out.updated_at = kNow;
    return out;
}

void fill(Store& store) {
    Changes changes;
    changes.now = kNow;
    changes.incidents = {
        incident(1, State::kTriggered, Labels{{"host", "web-1"}, {"team", "web"}}, "Disk full"),
        incident(2, State::kAcknowledged, Labels{{"host", "db-1"}, {"team", "dba"}}, "Slow"),
        incident(3, State::kPending, Labels{{"host", "web-10"}}, "100% busy"),
        incident(4, State::kResolved, Labels{{"host", "web-1"}}, "Resolved one"),
        incident(5, State::kClosed, Labels{{"host", "\"host\":\"web-1\""}}, "磁盘 满"),
    };
    write(store, changes);
}

std::vector<std::int64_t> ids(Queries& queries, const IncidentFilter& filter) {
    const auto page = queries.incidents(filter);
    if (!page) throw std::runtime_error(page.error().message);
    std::vector<std::int64_t> out;
    for (const IncidentSummary& row : page.value().incidents) out.push_back(row.incident.id.value);
    return out;
}

}  // namespace

TEST_CASE("incidents are listed by state, label and text, the newest first") {
    const auto backend = any_backend();
    const auto store = backend->store();
    fill(*store);
    const auto queries = backend->queries();
    struct Case {
        IncidentFilter filter;
        std::vector<std::int64_t> expected;
    };
    const std::vector<Case> cases = {
        {{}, {3, 2, 1}},
        {{.state = StateFilter::kResolved}, {4}},
        {{.state = StateFilter::kClosed}, {5}},
        {{.state = StateFilter::kAll}, {5, 4, 3, 2, 1}},
        // The whole value, not a part of it, and not a value that looks like a label.
        {{.state = StateFilter::kAll, .labels = {{"host", "web-1"}}}, {4, 1}},
        {{.state = StateFilter::kAll, .labels = {{"host", "web-1"}, {"team", "web"}}}, {1}},
        {{.state = StateFilter::kAll, .labels = {{"host", "\"host\":\"web-1\""}}}, {5}},
        {{.state = StateFilter::kAll, .text = "DISK"}, {1}},
        {{.state = StateFilter::kAll, .text = "100%"}, {3}},
        {{.state = StateFilter::kAll, .text = "满"}, {5}},
        {{.state = StateFilter::kAll, .text = "db-1"}, {2}},
        {{.state = StateFilter::kAll, .text = "inc-2026-000004"}, {4}},
        {{.state = StateFilter::kAll, .text = "_"}, {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.filter.text, c.filter.labels.size(), static_cast<int>(c.filter.state));
        CHECK(ids(*queries, c.filter) == c.expected);
    }
}

TEST_CASE("pages follow each other without gap or repetition") {
    const auto backend = any_backend();
    const auto store = backend->store();
    fill(*store);
    const auto queries = backend->queries();
    IncidentFilter filter{.state = StateFilter::kAll, .limit = 2};
    std::vector<std::int64_t> all;
    int pages = 0;
    do {
        const auto page = queries->incidents(filter);
        REQUIRE(page);
        for (const auto& row : page.value().incidents) all.push_back(row.incident.id.value);
        filter.before = page.value().next;
        ++pages;
    } while (filter.before != 0 && pages < 10);
    CHECK(pages == 3);
    CHECK(all == std::vector<std::int64_t>{5, 4, 3, 2, 1});
}

TEST_CASE("an incident is read with its timeline in order, alerts, messages and timers") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.incidents = {incident(1, State::kTriggered, {}, "a"),
                         incident(2, State::kTriggered, {}, "b")};
    for (const char* kind : {"opened", "told", "note"}) {
        changes.timeline.push_back(
            {0, IncidentId{1}, TimelineEntry{kNow, kind, "li.na", "t", {{"k", "v"}}}});
        changes.timeline.push_back({0, IncidentId{2}, TimelineEntry{kNow, kind, "x", "t", {}}});
    }
    AlertRecord alert;
    alert.identity = "i";
    alert.incident = IncidentId{1};
    alert.starts_at = alert.last_seen = kNow;
    changes.alerts = {alert};
    changes.incidents[0].alerts = {alert};
    EffectRow effect;
    effect.incident = IncidentId{1};
    effect.due = effect.notify.not_before = kNow;
    changes.effects = {effect};
    changes.timers = {{IncidentId{1}, TimerKind::kEscalation, kNow + 1min}};
    write(*store, changes);

    const auto queries = backend->queries();
    const auto detail = queries->incident("INC-2026-000001");
    REQUIRE(detail);
    const IncidentDetail& d = detail.value();
    REQUIRE(d.timeline.size() == 3);
    CHECK(d.timeline[0].entry == changes.timeline[0].entry);
    CHECK(d.timeline[2].entry.kind == "note");
    CHECK(d.timeline[0].id < d.timeline[1].id);
    CHECK(d.alerts == std::vector<AlertRecord>{alert});
    CHECK(d.summary.firing == 1);
    CHECK(d.effects.size() == 1);
    REQUIRE(d.timers.size() == 1);
    CHECK(d.timers[0].due == kNow + 1min);
    const auto missing = queries->incident("INC-2026-000009");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::kNotFound);
}

TEST_CASE("what changed since a timeline row is told once each, in the order of the newest") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes first;
    first.now = kNow;
    first.incidents = {incident(1, State::kTriggered, {}, "a"),
                       incident(2, State::kTriggered, {}, "b")};
    first.timeline = {{0, IncidentId{1}, TimelineEntry{kNow, "opened", "s", "", {}}},
                      {0, IncidentId{2}, TimelineEntry{kNow, "opened", "s", "", {}}}};
    const std::int64_t mark = write(*store, first);
    Changes second;
    second.now = kNow;
    second.incidents = {first.incidents[0]};
    second.timeline = {{0, IncidentId{1}, TimelineEntry{kNow, "note", "s", "", {}}},
                       {0, IncidentId{1}, TimelineEntry{kNow, "note", "s", "", {}}}};
    const std::int64_t newest = write(*store, second);
    CHECK(newest > mark);
    const auto queries = backend->queries();
    const auto since = queries->changed_since(mark, 10);
    REQUIRE(since);
    REQUIRE(since.value().size() == 1);
    CHECK(since.value()[0].incident.id == IncidentId{1});
    CHECK(since.value()[0].last_entry == newest);
    const auto all = queries->changed_since(0, 10);
    REQUIRE(all.value().size() == 2);
    CHECK(all.value()[0].incident.id == IncidentId{2});
    CHECK(queries->changed_since(newest, 10).value().empty());
}

TEST_CASE("current alerts are those that fire or are unknown, of incidents not closed") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.incidents = {incident(1, State::kTriggered, {}, "a"),
                         incident(2, State::kClosed, {}, "b")};
    const auto make = [](std::int64_t id, const char* identity, AlertStatus status) {
        AlertRecord alert;
        alert.identity = identity;
        alert.incident = IncidentId{id};
        alert.status = status;
        alert.starts_at = alert.last_seen = kNow;
        return alert;
    };
    changes.alerts = {
        make(1, "firing", AlertStatus::kFiring), make(1, "unknown", AlertStatus::kUnknown),
        make(1, "resolved", AlertStatus::kResolved), make(2, "of-closed", AlertStatus::kFiring)};
    write(*store, changes);
    const auto found = backend->queries()->current_alerts();
    REQUIRE(found);
    REQUIRE(found.value().size() == 2);
    CHECK(found.value()[0].first.identity == "firing");
    CHECK(found.value()[0].second.incident.key == "INC-2026-000001");
    CHECK(found.value()[1].first.identity == "unknown");
}

TEST_CASE("a reader sees what was committed, at once, and cannot write") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const auto queries = backend->queries();
    CHECK(ids(*queries, {}).empty());
    fill(*store);
    CHECK(ids(*queries, {}).size() == 3);
    CHECK(queries->count_incidents().value().at("triggered") == 1);
}
