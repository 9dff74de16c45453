// The outbox's side of every store: claims with their sends, health, dead letters sent again.
#include "bridge/store/outgoing.h"

#include <catch2/catch.hpp>

#include "backend.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::any_backend;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

void write(Store& store, const Changes& changes) {
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.write(changes));
        return success();
    });
    REQUIRE(done);
}

Incident incident(std::int64_t id) {
    Incident out;
    out.id = IncidentId{id};
    out.key = "INC-2026-" + std::to_string(id);
    out.dedup_key = "k" + std::to_string(id);
    out.title = "DiskFull";
    out.opened_at = out.updated_at = kNow;
    return out;
}

EffectRow message(std::int64_t of, Priority priority, Duration in = 0s) {
    EffectRow out;
    out.incident = IncidentId{of};
    out.notify.person = "li.na";
    out.notify.channel = "ding";
    out.notify.address = "138";
    out.notify.priority = priority;
    out.due = kNow + in;
    return out;
}

// Three messages, one of which is for later.
void seed(Store& store) {
    Changes changes;
    changes.now = kNow;
    changes.incidents = {incident(1), incident(2)};
    changes.effects = {message(1, Priority::kP3), message(2, Priority::kP1),
                       message(1, Priority::kP2, 5min)};
    write(store, changes);
}

}  // namespace

TEST_CASE("what is due comes with the urgent first, and the next is the one that is not") {
    const auto backend = any_backend();
    const auto store = backend->store();
    seed(*store);
    const auto due = store->outgoing().due(kNow, 10).value();
    REQUIRE(due.size() == 2);
    CHECK(due[0].notify.priority == Priority::kP1);
    CHECK(due[1].notify.priority == Priority::kP3);
    CHECK(store->outgoing().due(kNow, 1).value().size() == 1);
    CHECK(store->outgoing().next_after(kNow).value() == kNow + 5min);
    CHECK_FALSE(store->outgoing().next_after(kNow + 5min).value());
}

TEST_CASE("a parcel is claimed and counted at once, what was dropped meanwhile is neither") {
    const auto backend = any_backend();
    auto store = backend->store();
    seed(*store);
    const auto due = store->outgoing().due(kNow, 10).value();
    Changes drop;
    drop.now = kNow;
    drop.drop_waiting = {{IncidentId{2}, DropWaiting::What::kAll}};
    write(*store, drop);
    // Each in a parcel of its own: the one that was dropped is not counted.
    const auto parcels =
        store->outgoing().claim({{due[0]}, {due[1]}}, kNow, kNow + 2min, kNow - 1h).value();
    REQUIRE(parcels.size() == 2);
    CHECK(parcels[0].empty());
    const auto& claimed = parcels[1];
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].incident == IncidentId{1});
    CHECK(claimed[0].attempts == 1);
    CHECK(store->outgoing().due(kNow, 10).value().empty());
    CHECK(store->outgoing().next_after(kNow).value() == kNow + 2min);  // the lease
    const auto sent = store->outgoing().sent_since(kNow - 1min).value();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].channel == "ding");
    CHECK(sent[0].address == "138");
    CHECK(sent[0].at == kNow);
    // Nothing is counted for nothing.
    CHECK(store->outgoing().claim({due}, kNow, kNow + 2min, kNow - 1h).value().at(0).empty());
    CHECK(store->outgoing().sent_since(kNow - 1min).value().size() == 1);
    // A restart forgets no send; time does.
    store.reset();
    store = backend->store();
    CHECK(store->outgoing().sent_since(kNow - 1min).value().size() == 1);
    CHECK(store->outgoing().sent_since(kNow).value().empty());
    const auto again = store->outgoing().due(kNow + 2h, 10).value();
    REQUIRE_FALSE(again.empty());
    CHECK(store->outgoing().claim({again}, kNow + 2h, kNow + 3h, kNow + 1h));
    CHECK(store->outgoing().sent_since(kNow - 1h).value().size() == 1);
}

TEST_CASE("how channels fare is kept, and a channel that is well has no row") {
    const auto backend = any_backend();
    auto store = backend->store();
    const ChannelHealth bad{7, kNow + 10min, "errcode 130101"};
    CHECK(store->outgoing().health().value().empty());
    REQUIRE(store->outgoing().set_health("ding", {1, kNow, "x"}));
    REQUIRE(store->outgoing().set_health("ding", bad));
    store.reset();
    store = backend->store();
    const auto all = store->outgoing().health().value();
    REQUIRE(all.size() == 1);
    CHECK(all.at("ding") == bad);
    REQUIRE(store->outgoing().set_health("ding", {}));
    CHECK(store->outgoing().health().value().empty());
}

TEST_CASE("a dead message is listed with its incident and can wait again, a stuck one is marked") {
    const auto backend = any_backend();
    const auto store = backend->store();
    seed(*store);
    const auto due_now = store->outgoing().due(kNow, 10).value();
    const auto claimed =
        store->outgoing().claim({due_now}, kNow, kNow + 2min, kNow - 1h).value().at(0);
    REQUIRE(claimed.size() == 2);
    Changes died;
    died.now = kNow + 1s;
    died.settled = {claimed[0]};
    died.settled[0].state = EffectState::kDead;
    died.settled[0].result = "550 no such user";
    died.stuck = {claimed[1].id};
    write(*store, died);

    const auto queries = backend->queries();
    EffectFilter filter;
    filter.state = EffectState::kDead;
    const auto dead = queries->effects(filter).value();
    REQUIRE(dead.effects.size() == 1);
    CHECK(dead.effects[0].effect.result == "550 no such user");
    CHECK(dead.effects[0].key.starts_with("INC-2026-"));
    CHECK(dead.effects[0].title == "DiskFull");
    CHECK(queries->effects({}).value().effects.size() == 3);
    filter = {};
    filter.incident = "INC-2026-1";
    CHECK(queries->effects(filter).value().effects.size() == 2);
    filter.limit = 1;
    const auto first = queries->effects(filter).value();
    CHECK(first.next > 0);
    filter.before = first.next;
    CHECK(queries->effects(filter).value().effects.at(0).effect.id < first.effects[0].effect.id);

    Changes again;
    again.now = kNow + 5s;
    again.requeued = {claimed[0].id, claimed[1].id};  // the second is not dead: nothing happens
    write(*store, again);
    const auto due = store->outgoing().due(kNow + 5s, 10).value();
    REQUIRE(due.size() == 1);
    CHECK(due[0].id == claimed[0].id);
    CHECK(due[0].attempts == 0);
    CHECK_FALSE(due[0].stuck);
}

TEST_CASE(
    "a clock set back takes along what waits for a time, and leaves what waits for a moment") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const auto later = [](Priority priority, MessageKind kind) {
        EffectRow out = message(1, priority, 10h);
        out.notify.kind = kind;
        out.notify.not_before = kNow + 10h;
        out.created_at = kNow;
        return out;
    };
    Changes changes;
    changes.now = kNow;
    changes.incidents = {incident(1)};
    changes.effects = {message(1, Priority::kP1, 9h), later(Priority::kP3, MessageKind::kOpened),
                       later(Priority::kP1, MessageKind::kResolved),
                       later(Priority::kP2, MessageKind::kEscalated)};
    changes.timers = {{IncidentId{1}, TimerKind::kEscalation, kNow + 9h},
                      {IncidentId{1}, TimerKind::kSnooze, kNow + 9h}};
    write(*store, changes);
    REQUIRE(store->outgoing().set_health("ding", {5, kNow + 9h, "busy"}));
    const TimerKind kinds[] = {TimerKind::kEscalation};
    REQUIRE(store->set_back(kinds, 8h));

    const auto due = store->outgoing().due(kNow + 24h, 10).value();
    REQUIRE(due.size() == 4);
    for (const EffectRow& row : due) {
        const Notify& n = row.notify;
        CAPTURE(to_string(n.priority), to_string(n.kind));
        const bool for_hours = n.priority == Priority::kP3 || n.kind == MessageKind::kResolved;
        const Duration queued = n.kind == MessageKind::kOpened && n.priority == Priority::kP1
                                    ? Duration{9h}
                                    : Duration{10h};
        CHECK(row.due == kNow + queued - (for_hours ? Duration{0} : Duration{8h}));
    }
    CHECK(store->outgoing().health().value().at("ding").blocked_until == kNow + 1h);
    CHECK(store->next_timer().value() == kNow + 1h);
}
