// Messages that wait, are claimed, dropped and done with: what every store must do.
#include <catch2/catch.hpp>

#include "backend.h"
#include "rows.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

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
