// What every store must do with what holds alerts back.
#include <algorithm>
#include <catch2/catch.hpp>

#include "backend.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::any_backend;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

// Every field set to something that is not its default, so that one the store forgets is seen.
Silence full_silence(const std::string& id) {
    Silence s;
    s.id = id;
    s.kind = SuppressorKind::kMaintenance;
    s.name = "patch night";
    s.matchers = {parse_matcher("env=\"prod \\\"x\\\"\"").value(),
                  parse_matcher("host!=\"db\"").value(), parse_matcher("a=~\"满.*\"").value(),
                  parse_matcher("b!~\"x|y\"").value()};
    s.starts_at = kNow;
    s.ends_at = kNow + 2h;
    s.settle = 5min;
    s.created_by = "李娜";
    s.comment = "a \"comment\"";
    s.change = "CHG-1";
    s.incident = IncidentId{7};
    s.created_at = kNow - 1h;
    s.updated_at = kNow - 1min;
    s.matched_at = kNow - 30s;
    s.phase = SilencePhase::kWarned;
    s.due = kNow + 2h;
    return s;
}

AlertRecord held(const std::string& identity, IncidentId incident, AlertStatus status,
                 Timestamp seen) {
    AlertRecord a;
    a.identity = identity;
    a.labels = Labels{{"alertname", identity}};
    a.status = status;
    a.starts_at = a.last_seen = seen;
    a.incident = incident;
    a.suppressor = Suppressor{SuppressorKind::kSilence, "s", "by li.na", kNow, kNow + 1h};
    return a;
}

Incident incident(std::int64_t id, State state) {
    Incident i;
    i.id = IncidentId{id};
    i.key = "INC-" + std::to_string(id);
    i.dedup_key = "key " + std::to_string(id);
    i.state = state;
    return i;
}

Changes with(const std::function<void(Changes&)>& fill) {
    Changes changes;
    changes.now = kNow;
    fill(changes);
    return changes;
}

void write(Store& store, const Changes& changes) {
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.write(changes));
        return success();
    });
    INFO((done ? "" : done.error().message));
    REQUIRE(done);
}

template <class T>
T read(Store& store, const std::function<Result<T>(Tx&)>& query) {
    T out{};
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(out, query(tx));
        return success();
    });
    INFO((done ? "" : done.error().message));
    REQUIRE(done);
    return out;
}

}  // namespace

TEST_CASE("a silence comes back as it was written, is replaced, is due, and is forgotten") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Silence s = full_silence("6f1c");
    write(*store, with([&](Changes& c) { c.silences = {s}; }));
    const auto found = [&] {
        return read<std::optional<Silence>>(*store, [](Tx& tx) { return tx.silence("6f1c"); });
    };
    REQUIRE(found());
    CHECK(*found() == s);
    CHECK(backend->queries()->silence("6f1c").value() == s);
    CHECK_FALSE(backend->queries()->silence("none"));
    const auto due = [&](Timestamp now) {
        return read<std::vector<Silence>>(*store, [=](Tx& tx) { return tx.due_silences(now, 10); })
            .size();
    };
    CHECK(due(kNow + 2h - 1ms) == 0);
    CHECK(due(kNow + 2h) == 1);
    CHECK(store->next_timer().value() == kNow + 2h);
    const auto live = [&] {
        return read<std::vector<Silence>>(*store, [](Tx& tx) { return tx.live_silences(); }).size();
    };
    CHECK(live() == 1);
    s.phase = SilencePhase::kOver;
    s.ends_at = kNow + 1h;
    s.matched_at.reset();
    s.due.reset();
    write(*store, with([&](Changes& c) { c.silences = {s}; }));
    CHECK(*found() == s);
    CHECK(live() == 0);
    CHECK(due(kNow + 24h) == 0);
    CHECK(backend->queries()->silences(kNow + 1h - 1ms).value().size() == 1);
    CHECK(backend->queries()->silences(kNow + 1h).value().empty());
    write(*store, with([&](Changes& c) { c.forgotten_silences = {"6f1c"}; }));
    CHECK_FALSE(found());
}

TEST_CASE("inhibitors come back as they were written, and are due when they have settled") {
    const auto backend = any_backend();
    const auto store = backend->store();
    InhibitSource a{"web-1/up",  Labels{{"host", "web-1"}}, "up on web-1", IncidentId{3}, kNow,
                    std::nullopt};
    InhibitSource b{"web-2/up", Labels{{"host", "web-2"}}, "up on web-2", IncidentId{}, kNow + 1s,
                    kNow + 2min};
    write(*store, with([&](Changes& c) { c.inhibitors = {b, a}; }));
    const auto all = [&] {
        return read<std::vector<InhibitSource>>(*store, [](Tx& tx) { return tx.inhibitors(); });
    };
    CHECK(all() == std::vector<InhibitSource>{a, b});
    const auto due = [&](Timestamp now) {
        return read<bool>(*store, [=](Tx& tx) { return tx.suppression_due(now); });
    };
    CHECK_FALSE(due(kNow + 2min - 1ms));
    CHECK(due(kNow + 2min));
    CHECK(store->next_timer().value() == kNow + 2min);
    a.ends_at = kNow + 1min;
    write(*store, with([&](Changes& c) {
        c.inhibitors = {a};
        c.forgotten_inhibitors = {"web-2/up"};
    }));
    CHECK(all() == std::vector<InhibitSource>{a});
}

TEST_CASE("where an alert is: held back outside, else in what is not closed, else the latest") {
    const auto backend = any_backend();
    const auto store = backend->store();
    using enum AlertStatus;
    Changes changes;
    changes.now = kNow;
    changes.incidents = {incident(1, State::kClosed), incident(2, State::kResolved)};
    changes.alerts = {
        held("out", IncidentId{2}, kResolved, kNow),     held("out", {}, kFiring, kNow - 1h),
        held("in", IncidentId{2}, kFiring, kNow - 1h),   held("in", {}, kResolved, kNow),
        held("old", IncidentId{1}, kUnknown, kNow - 1h), held("old", {}, kResolved, kNow)};
    write(*store, changes);
    auto known = read<std::map<std::string, AlertRecord>>(*store, [](Tx& tx) {
        return tx.alerts({"out", "in", "old", "none"});
    });
    REQUIRE(known.size() == 3);
    CHECK(known.at("out") == held("out", {}, kFiring, kNow - 1h));
    CHECK(known.at("in").incident == IncidentId{2});
    CHECK(known.at("old").incident == IncidentId{});

    const auto current =
        read<std::vector<AlertRecord>>(*store, [](Tx& tx) { return tx.current_alerts(); });
    std::vector<std::string> names;
    for (const AlertRecord& a : current) names.push_back(a.identity);
    CHECK(names == std::vector<std::string>{"in", "out"});
    CHECK(backend->queries()->held_alerts().value().size() == 1);
    // The suppressor of what has not cleared ends: due. That of a closed incident's row is nothing.
    const auto due = [&](Timestamp now) {
        return read<bool>(*store, [=](Tx& tx) { return tx.suppression_due(now); });
    };
    CHECK_FALSE(due(kNow + 1h - 1ms));
    CHECK(due(kNow + 1h));
    CHECK(store->next_timer().value() == kNow + 1h);

    write(*store, with([&](Changes& c) { c.released = {"out"}; }));
    known =
        read<std::map<std::string, AlertRecord>>(*store, [](Tx& tx) { return tx.alerts({"out"}); });
    CHECK(known.at("out").incident == IncidentId{2});
}
