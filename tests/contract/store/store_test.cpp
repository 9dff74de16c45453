// What every store must do, whatever is behind it.
#include "bridge/store/store.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "backend.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::Backend;
using tocsin::bridge::test::backends;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

std::unique_ptr<Backend> any_backend() {
    const auto& all = backends();
    const std::size_t i = GENERATE_COPY(range(std::size_t{0}, all.size()));
    CAPTURE(all[i].name);
    return all[i].create();
}

AlertRecord alert(IncidentId incident, const std::string& identity) {
    AlertRecord out;
    out.identity = identity;
    out.fingerprint = "0123456789abcdef";
    out.labels = Labels{{"alertname", "DiskFull"}, {"host", "web-1"}, {"mountpoint", "/\"x\""}};
    out.annotations = {{"summary", "voll 满"}, {"runbook_url", "http://x/?a=b&c=d"}};
    out.severity = "warning";
    out.levels["warning"] = FiringLevel{"aa", kNow - 5min, kNow + 4min};
    out.levels["critical"] = FiringLevel{"bb", kNow - 1min, std::nullopt};
    out.starts_at = kNow - 5min;
    out.ends_at = kNow + 4min;
    out.last_seen = kNow;
    out.seq = 7;
    out.source = "agent-1";
    out.host = "web-1";
    out.generator_url = "http://g/";
    out.incident = incident;
    return out;
}

// Every field set to something that is not its default, so that one the store forgets is seen.
Incident full_incident(std::int64_t id) {
    Incident i;
    i.id = IncidentId{id};
    i.key = "INC-2026-" + std::to_string(id);
    i.dedup_key = "default:alertname=\"DiskFull\",host=\"web-" + std::to_string(id) + "\"";
    i.state = State::kPending;
    i.priority = Priority::kP2;
    i.severity = "critical";
    i.title = "/ is 93 % full";
    i.labels = Labels{{"alertname", "DiskFull"}, {"host", "web-1"}};
    i.opened_at = kNow - 10min;
    i.updated_at = kNow;
    i.route = "default";
    i.team = "web";
    i.policy = "web";
    i.assignee = "li.na";
    i.acknowledged_by = "li.na";
    i.acknowledged_at = kNow - 3min;
    i.responded_at = kNow - 4min;
    i.acknowledged_priority = Priority::kP3;
    i.step = 2;
    i.step_told = 3;
    i.step_failed = 1;
    i.repeats = 4;
    i.told = {"li.na", "zhao.lei"};
    i.watchers = {"team:dba"};
    i.stable_since = kNow - 1min;
    i.resolved_at = kNow - 30s;
    i.resolved_by = "system";
    i.resolved_by_hand = true;
    i.confirmed_at = kNow - 20s;
    i.confirmed_by = "reporter";
    i.closed_at = kNow - 10s;
    i.snoozed_until = kNow + 1h;
    i.pending_until = kNow + 2h;
    i.pending_reason = "vendor";
    i.reopen_count = 2;
    i.predecessor = "INC-2026-000100";
    i.successor = "INC-2026-000200";
    return i;
}

Incident simple(std::int64_t id, State state = State::kTriggered) {
    Incident i;
    i.id = IncidentId{id};
    i.key = "INC-2026-00000" + std::to_string(id);
    i.dedup_key = "k" + std::to_string(id);
    i.state = state;
    i.title = "title " + std::to_string(id);
    i.opened_at = i.updated_at = kNow;
    return i;
}

TimelineRow entry(std::int64_t incident, const std::string& kind) {
    return {0, IncidentId{incident},
            TimelineEntry{kNow, kind, "system", "text of " + kind, {{"a", "b\"c"}}}};
}

EffectRow message(std::int64_t incident, Timestamp due) {
    EffectRow out;
    out.incident = IncidentId{incident};
    out.due = due;
    out.notify = Notify{
        "li.na", "mail", "li.na@example.com", MessageKind::kEscalated, Priority::kP1, 2, due};
    return out;
}

std::int64_t write(Store& store, const Changes& changes) {
    std::int64_t newest = 0;
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(newest, tx.write(changes));
        return success();
    });
    if (!done) throw std::runtime_error(done.error().message);
    return newest;
}

template <class Read>
auto read(Store& store, Read&& reader) {
    std::remove_cvref_t<decltype(reader(std::declval<Tx&>()).value())> out{};
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(out, reader(tx));
        return success();
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

}  // namespace

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

TEST_CASE("messages are claimed once when due, again when their lease runs out") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.effects = {message(1, kNow), message(1, kNow + 1min)};
    write(*store, changes);
    const auto first = store->claim_effects(kNow, kNow + 30s, 10);
    REQUIRE(first);
    REQUIRE(first.value().size() == 1);
    const EffectRow claimed = first.value().front();
    CHECK(claimed.state == EffectState::kClaimed);
    CHECK(claimed.attempts == 1);
    CHECK(claimed.notify == changes.effects[0].notify);
    CHECK(store->claim_effects(kNow + 29s, kNow + 60s, 10).value().empty());
    const auto again = store->claim_effects(kNow + 30s, kNow + 60s, 10);
    REQUIRE(again.value().size() == 1);
    CHECK(again.value().front().id == claimed.id);
    CHECK(again.value().front().attempts == 2);

    CHECK(store->next_effect().value() == kNow + 1min);  // the other message, before the lease
    REQUIRE(store->retry_effect(claimed.id, kNow + 31s, kNow + 40s, "451 busy"));
    CHECK(store->claim_effects(kNow + 39s, kNow + 90s, 10).value().empty());
    const auto third = store->claim_effects(kNow + 40s, kNow + 90s, 10);
    REQUIRE(third.value().size() == 1);
    CHECK(third.value().front().result == "451 busy");

    Changes settled;
    settled.now = kNow + 41s;
    EffectRow done = third.value().front();
    done.state = EffectState::kDelivered;
    done.result = "250 OK";
    settled.settled = {done};
    write(*store, settled);
    const auto rest = store->claim_effects(kNow + 1h, kNow + 2h, 10);
    REQUIRE(rest.value().size() == 1);
    CHECK(rest.value().front().id != claimed.id);
}

TEST_CASE("a store that is opened again hands out what a dead bridge had claimed") {
    const auto backend = any_backend();
    {
        const auto store = backend->store();
        Changes changes;
        changes.now = kNow;
        changes.effects = {message(1, kNow)};
        write(*store, changes);
        REQUIRE(store->claim_effects(kNow, kNow + 1h, 10).value().size() == 1);
    }
    const auto store = backend->store();
    CHECK(store->claim_effects(kNow + 1s, kNow + 1h, 10).value().size() == 1);
}

TEST_CASE("dropping what waits spares nothing for having been tried or being due") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    // Tried and failed; on its way; due but not claimed; due later; an end; another incident's.
    changes.effects = {message(1, kNow),        message(1, kNow + 1s),   message(1, kNow + 2s),
                       message(1, kNow + 5min), message(1, kNow + 5min), message(2, kNow + 5min)};
    for (EffectRow& row : changes.effects) row.notify.step = 1;
    changes.effects[4].notify.kind = MessageKind::kResolved;
    write(*store, changes);
    REQUIRE(store->claim_effects(kNow, kNow + 1min, 10).value().size() == 1);
    REQUIRE(store->retry_effect(EffectId{1}, kNow, kNow + 2min, "later"));
    const auto on_its_way = store->claim_effects(kNow + 1s, kNow + 1min, 10).value();
    REQUIRE(on_its_way.size() == 1);
    Changes drop;
    drop.now = kNow + 3s;
    drop.drop_waiting = {{IncidentId{1}, DropWaiting::What::kAsks}};
    write(*store, drop);
    // The one on its way fails: it is not tried again.
    REQUIRE(store->retry_effect(on_its_way[0].id, kNow + 4s, kNow + 5s, "503"));
    const auto left = store->claim_effects(kNow + 1h, kNow + 2h, 10).value();
    REQUIRE(left.size() == 2);
    CHECK(left[0].notify.kind == MessageKind::kResolved);
    CHECK(left[1].incident == IncidentId{2});
    drop.drop_waiting = {{IncidentId{1}, DropWaiting::What::kAll}};
    write(*store, drop);
    CHECK(store->claim_effects(kNow + 3h, kNow + 4h, 10).value().size() == 1);
}

TEST_CASE("a message that was dropped on its way and arrived is delivered all the same") {
    const auto backend = any_backend();
    const auto store = backend->store();
    Changes changes;
    changes.now = kNow;
    changes.effects = {message(1, kNow)};
    changes.effects[0].notify.step = 1;
    write(*store, changes);
    EffectRow claimed = store->claim_effects(kNow, kNow + 1min, 10).value().at(0);
    Changes drop;
    drop.now = kNow;
    drop.drop_waiting = {{IncidentId{1}, DropWaiting::What::kAll}};
    write(*store, drop);
    claimed.state = EffectState::kDelivered;
    Changes settled;
    settled.now = kNow;
    settled.settled = {claimed};
    write(*store, settled);
    const auto counts = backend->queries()->count_effects();
    CHECK(counts.value().at("delivered") == 1);
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

TEST_CASE("firing alerts whose end has passed are found; others are not") {
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

    host.record.duplicate_seen_at.reset();
    host.first_seen = kNow;  // ignored: the first sight stays
    changes.hosts = {host};
    write(*store, changes);
    CHECK(read(*store, [](Tx& tx) { return tx.hosts({"web-1"}); }).at("web-1").first_seen ==
          kNow - 24h);
    // Unreachable already: nothing more to find.
    CHECK(read(*store, [](Tx& tx) { return tx.hosts_to_check(kNow, 10); }).empty());
    host.record.unreachable_since.reset();
    changes.hosts = {host};
    write(*store, changes);
    CHECK(read(*store, [](Tx& tx) { return tx.hosts_to_check(kNow - 1ms, 10); }).empty());
    CHECK(read(*store, [](Tx& tx) { return tx.hosts_to_check(kNow, 10); }).size() == 1);
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
