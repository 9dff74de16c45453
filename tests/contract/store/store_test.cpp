// What every store must do, whatever is behind it.
#include "bridge/store/store.h"

#include <catch2/catch.hpp>

#include "backend.h"
#include "rows.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("an incident and its alerts come back as they were written, every field") {
    const auto backend = any_backend();
    const Incident written = [] {
        Incident i = full_incident(5);
        i.alerts = {alert(i.id, "web-1/aa")};
        return i;
    }();
    {
        const auto store = backend->store();
        Changes changes;
        changes.now = kNow;
        changes.incidents = {written};
        changes.alerts = written.alerts;
        write(*store, changes);
    }
    const auto store = backend->store();  // opened again: from disk
    const auto found = read(*store, [&](Tx& tx) {
        return tx.incidents({written.id, IncidentId{99}});
    });
    REQUIRE(found.size() == 1);
    CHECK(found.at(written.id) == written);
    const auto alerts = read(*store, [&](Tx& tx) { return tx.alerts({"web-1/aa", "other"}); });
    REQUIRE(alerts.size() == 1);
    CHECK(alerts.at("web-1/aa") == written.alerts.front());
}

TEST_CASE("writing an incident again replaces it and keeps its timeline's place") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes first;
    first.now = kNow;
    first.incidents = {full_incident(5)};
    first.timeline = {entry(5, "opened")};
    const std::int64_t newest = write(*store, first);
    Changes second;
    second.now = kNow + 1s;
    second.incidents = {simple(5)};
    second.incidents[0].key = full_incident(5).key;
    write(*store, second);
    const auto found = read(*store, [&](Tx& tx) { return tx.incidents({IncidentId{5}}); });
    CHECK(found.at(IncidentId{5}) == second.incidents[0]);
    const auto detail = backend->queries()->incident(second.incidents[0].key);
    REQUIRE(detail);
    CHECK(detail.value().summary.last_entry == newest);
}

TEST_CASE("two open incidents of one key are refused, and nothing of the batch stays") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes first;
    first.now = kNow;
    first.incidents = {simple(1)};
    first.keys = {{"k", IncidentId{1}}};
    write(*store, first);
    Changes second;
    second.now = kNow;
    second.incidents = {simple(2)};
    second.keys = {{"k", IncidentId{2}}};
    const auto refused = store->transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.write(second));
        return success();
    });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().retry == Retry::kNo);
    CHECK(read(*store, [](Tx& tx) { return tx.incidents({IncidentId{2}}); }).empty());
    const auto holders = read(*store, [](Tx& tx) { return tx.holders({"k", "none"}); });
    CHECK(holders == std::map<std::string, IncidentId>{{"k", IncidentId{1}}});
    // The key moves to another incident when it is freed in the same batch.
    second.freed_keys = {"k"};
    write(*store, second);
    CHECK(read(*store, [](Tx& tx) { return tx.holders({"k"}); }).at("k") == IncidentId{2});
}

TEST_CASE("an identity's own record is that of its latest incident, and the old one stays") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.incidents = {simple(1, State::kClosed), simple(2)};
    AlertRecord old = alert(IncidentId{1}, "x");
    old.seq = 1;
    AlertRecord now = alert(IncidentId{2}, "x");
    now.seq = 2;
    changes.alerts = {old, now};
    write(*store, changes);
    CHECK(read(*store, [](Tx& tx) { return tx.alerts({"x"}); }).at("x").seq == 2);
    CHECK(read(*store, [](Tx& tx) { return tx.incidents({IncidentId{1}}); })
              .at(IncidentId{1})
              .alerts.front()
              .seq == 1);
}

TEST_CASE("an error or an exception inside a transaction leaves nothing behind") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.incidents = {simple(1)};
    CHECK_FALSE(store->transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.write(changes));
        return Error(ErrorCode::kInvalid, "no");
    }));
    CHECK_FALSE(store->transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.write(changes));
        throw std::runtime_error("a bug");
    }));
    CHECK(read(*store, [](Tx& tx) { return tx.incidents({IncidentId{1}}); }).empty());
    write(*store, changes);  // and the store goes on
    CHECK(read(*store, [](Tx& tx) { return tx.incidents({IncidentId{1}}); }).size() == 1);
}

TEST_CASE("timers are one of a kind an incident, move when set again, and come due in order") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.timers = {{IncidentId{1}, TimerKind::kStability, kNow + 60s},
                      {IncidentId{1}, TimerKind::kEscalation, kNow + 10s},
                      {IncidentId{2}, TimerKind::kEscalation, kNow + 20s}};
    write(*store, changes);
    Changes moved;
    moved.now = kNow;
    moved.timers = {{IncidentId{1}, TimerKind::kStability, kNow + 5s}};
    moved.cancelled = {{IncidentId{2}, TimerKind::kEscalation}};
    write(*store, moved);
    CHECK(read(*store, [](Tx& tx) { return tx.due_timers(kNow + 4s, 10); }).empty());
    const auto due = read(*store, [](Tx& tx) { return tx.due_timers(kNow + 10s, 10); });
    REQUIRE(due.size() == 2);
    CHECK(due[0].kind == TimerKind::kStability);
    CHECK(due[0].due == kNow + 5s);
    CHECK(due[1].kind == TimerKind::kEscalation);
    CHECK(due[1].incident == IncidentId{1});
    CHECK(read(*store, [](Tx& tx) { return tx.due_timers(kNow + 10s, 1); }).size() == 1);
    CHECK(store->next_timer().value() == kNow + 5s);
}

TEST_CASE("timers of some kinds are put off, the others and the later ones stay") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.timers = {{IncidentId{1}, TimerKind::kStability, kNow},
                      {IncidentId{2}, TimerKind::kStability, kNow + 2min},
                      {IncidentId{1}, TimerKind::kEscalation, kNow}};
    write(*store, changes);
    const TimerKind kinds[] = {TimerKind::kStability, TimerKind::kExpiry};
    REQUIRE(store->postpone_timers(kinds, kNow + 1min));
    const auto due = read(*store, [](Tx& tx) { return tx.due_timers(kNow + 1h, 10); });
    REQUIRE(due.size() == 3);
    CHECK(due[0].kind == TimerKind::kEscalation);
    CHECK(due[0].due == kNow);
    CHECK(due[1].due == kNow + 1min);
    CHECK(due[2].due == kNow + 2min);
}

TEST_CASE("firing alerts whose end has passed are found, others are not") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.incidents = {simple(1)};
    AlertRecord ended = alert(IncidentId{1}, "ended");
    ended.ends_at = kNow;
    AlertRecord later = alert(IncidentId{1}, "later");
    later.ends_at = kNow + 1s;
    AlertRecord resolved = alert(IncidentId{1}, "resolved");
    resolved.ends_at = kNow;
    resolved.status = AlertStatus::kResolved;
    AlertRecord own = alert(IncidentId{1}, "own");
    own.ends_at = kNow;
    own.source = std::string(kSourceBridge);
    changes.alerts = {ended, later, resolved, own};
    write(*store, changes);
    const auto found = read(*store, [](Tx& tx) { return tx.ended_alerts(kNow, 10); });
    REQUIRE(found.size() == 1);
    CHECK(found.front() == ended);
}

TEST_CASE("hosts keep their first sight, and the silent ones are found") {
    const auto backend = any_backend();
    const auto store = backend->store();
    HostRow host;
    host.record.host = "web-1";
    host.record.labels = Labels{{"env", "prod"}};
    host.record.boot_id = "b2";
    host.record.previous_boot_id = "b1";
    host.record.last_heartbeat = kNow;
    host.record.interval = 5s;
    host.record.agent_started_at = kNow - 1h;
    host.record.restarted_at = kNow - 50min;
    host.record.goodbye_at = kNow - 2h;
    host.record.unreachable_since = kNow - 3h;
    host.record.duplicate_seen_at = kNow - 4h;
    host.first_seen = kNow - 24h;
    host.inventory = R"({"os":"Debian 12"})";
    Changes changes;
    changes.now = kNow;
    changes.hosts = {host};
    write(*store, changes);
    auto read_back = read(*store, [](Tx& tx) { return tx.hosts({"web-1"}); }).at("web-1");
    CHECK(read_back.record == host.record);
    CHECK(read_back.inventory == host.inventory);

    host.record.interval = 30s;
    host.record.duplicate_seen_at.reset();
    host.first_seen = kNow;  // ignored: the first sight stays
    changes.hosts = {host};
    write(*store, changes);
    read_back = read(*store, [](Tx& tx) { return tx.hosts({"web-1"}); }).at("web-1");
    CHECK(read_back.first_seen == kNow - 24h);
    CHECK(read_back.record.interval == 30s);
    // Unreachable already: nothing more to find.
    CHECK(read(*store, [](Tx& tx) { return tx.hosts_to_check(kNow, 0s, 10); }).empty());
    host.record.unreachable_since.reset();
    changes.hosts = {host};
    write(*store, changes);
    const auto found = [&](Timestamp now, Duration deadline) {
        return read(*store, [&](Tx& tx) { return tx.hosts_to_check(now, deadline, 10); }).size();
    };
    CHECK(found(kNow + 2min, 2min + 1ms) == 0);
    CHECK(found(kNow + 2min, 2min) == 1);
    // Its agent beats every 30 s: not before it has missed two.
    CHECK(found(kNow + 1min - 1ms, 10s) == 0);
    CHECK(found(kNow + 1min, 10s) == 1);
}

TEST_CASE("counters and meta values are kept") {
    const auto backend = any_backend();
    {
        const auto store = backend->store();
        CHECK(read(*store, [](Tx& tx) { return tx.counter("incident-2026"); }) == 0);
        Changes changes;
        changes.now = kNow;
        changes.counters = {{"incident-2026", 41}};
        write(*store, changes);
        changes.counters = {{"incident-2026", 42}};
        write(*store, changes);
        CHECK_FALSE(store->meta("served_at").value());
        REQUIRE(store->set_meta("served_at", "1"));
        REQUIRE(store->set_meta("served_at", "2"));
    }
    const auto store = backend->store();
    CHECK(read(*store, [](Tx& tx) { return tx.counter("incident-2026"); }) == 42);
    CHECK(store->meta("served_at").value() == "2");
}

TEST_CASE("text of any kind comes back byte for byte") {
    const auto backend = any_backend();
    const auto store = backend->store();
    for (const std::string& text :
         {std::string("plain"), std::string("quote \" ' \\ : :name $1"), std::string("满载 🔥"),
          std::string("line\nbreak\ttab"), std::string("%_;--"), std::string(100'000, 'x')}) {
        Changes changes;
        changes.now = kNow;
        changes.incidents = {simple(1)};
        changes.incidents[0].title = text;
        changes.incidents[0].labels = Labels{{"a", text}};
        write(*store, changes);
        const auto found = read(*store, [](Tx& tx) { return tx.incidents({IncidentId{1}}); });
        CHECK(found.at(IncidentId{1}).title == text);
        CHECK(found.at(IncidentId{1}).labels.get("a") == text);
    }
}
