// Storms, what is expected and what is observed, in every store.
#include <catch2/catch.hpp>

#include "backend.h"
#include "rows.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::any_backend;
using tocsin::bridge::test::kNow;
using tocsin::bridge::test::read;

namespace {

void write(Store& store, const NoiseChanges& noise) {
    Changes changes;
    changes.now = kNow;
    changes.noise = noise;
    REQUIRE_FALSE(changes.empty());
    bridge::test::write(store, changes);
}

StormMember member(int id, std::string group, Timestamp at, int parent = 0) {
    StormMember m;
    m.incident = IncidentId{id};
    m.group = std::move(group);
    m.host = "web-" + std::to_string(id);
    m.opened_at = at;
    m.parent = IncidentId{parent};
    m.priority = Priority::kP2;
    m.severity = "critical";
    return m;
}

}  // namespace

TEST_CASE("members of a storm are found by group and time, and as children of their parent") {
    const auto backend = any_backend();
    const auto store = backend->store();
    NoiseChanges noise;
    noise.forget_before = kNow - 1min;
    const StormMember first = member(1, "a", kNow - 1min);
    noise.members = {first, member(2, "a", kNow), member(3, "b", kNow), member(4, "a", kNow, 9)};
    write(*store, noise);
    const auto group = [&](Timestamp since) {
        return read(*store, [&](Tx& tx) { return tx.storm_members("a", since); });
    };
    CHECK(group(kNow - 1min).size() == 3);
    CHECK(group(kNow - 1min).front() == first);
    CHECK(group(kNow).size() == 2);
    CHECK(read(*store, [&](Tx& tx) { return tx.opened_alone(kNow - 1min); }) == 3);
    CHECK(read(*store, [&](Tx& tx) { return tx.opened_alone(kNow); }) == 2);

    // It becomes a child, and resolves; where it belongs stays, and of two openings the later.
    StormMember child = member(1, "other", kNow - 5min, 9);
    child.open = false;
    child.priority = Priority::kP1;
    noise.members = {child};
    write(*store, noise);
    const auto children = read(*store, [](Tx& tx) { return tx.storm_children(IncidentId{9}); });
    REQUIRE(children.size() == 2);
    CHECK(children[0].group == "a");
    CHECK(children[0].opened_at == kNow - 1min);
    CHECK_FALSE(children[0].open);
    CHECK_FALSE(children[0].held);
    CHECK(children[0].priority == Priority::kP1);

    // It opens again, and is held back.
    child.opened_at = kNow;
    child.open = child.held = true;
    noise.members = {child};
    write(*store, noise);
    child.group = "a";
    CHECK(read(*store, [](Tx& tx) { return tx.storm_children(IncidentId{9}); }).at(0) == child);

    // What opened too long ago and is nobody's child goes; so do the children of a storm that ends.
    noise.members = {member(5, "c", kNow + 2min)};
    noise.forget_before = kNow + 1min;
    noise.ended_storms = {};
    write(*store, noise);
    CHECK(group(kNow - 1h).size() == 2);
    noise.members.clear();
    noise.ended_storms = {IncidentId{9}};
    write(*store, noise);
    CHECK(group(kNow - 1h).empty());
    CHECK(read(*store, [&](Tx& tx) { return tx.opened_alone(kNow - 1h); }) == 1);
}

TEST_CASE("what is expected is kept, and found when it is due") {
    const auto backend = any_backend();
    const auto store = backend->store();
    ExpectRecord row;
    row.key = "backup{host=\"db-1\"}";
    row.name = "backup";
    row.labels = Labels{{"host", "db-1"}};
    row.expected_since = kNow - 1h;
    row.last_seen = kNow;
    NoiseChanges noise;
    noise.expected = {{row, kNow + 25h}};
    write(*store, noise);
    const auto due = [&](Timestamp at) {
        return read(*store, [&](Tx& tx) { return tx.expected_due(at, 10); });
    };
    CHECK(due(kNow + 25h - 1ms).empty());
    REQUIRE(due(kNow + 25h).size() == 1);
    CHECK(due(kNow + 25h).front() == row);
    CHECK(read(*store, [&](Tx& tx) { return tx.expected(row.key); }) == row);
    CHECK_FALSE(read(*store, [&](Tx& tx) { return tx.expected("other"); }));

    row.missing_since = kNow + 25h;
    row.severity = "critical";
    noise.expected = {{row, std::nullopt}};
    write(*store, noise);
    CHECK(due(kNow + 1000h).empty());
    const auto queries = backend->queries();
    const auto listed = queries->expected();
    REQUIRE(listed);
    CHECK(listed.value() == std::vector<ExpectRecord>{row});

    noise.expected.clear();
    noise.not_expected = {row.key};
    write(*store, noise);
    CHECK(read(*store, [](Tx& tx) { return tx.expected_all(); }).empty());
}

TEST_CASE("what was observed is counted by alert, person and channel, and kept for 90 days") {
    const auto backend = any_backend();
    const auto store = backend->store();
    NoiseChanges noise;
    const auto row = [](Duration ago, int incident, std::string person, std::string channel) {
        return ObservedRow{kNow - ago,        IncidentId{incident}, "A",
                           std::move(person), std::move(channel),   "opened"};
    };
    noise.observed = {row(2h, 1, "", ""),
                      row(2h, 1, "li.na", "mail"),
                      row(1h, 1, "li.na", "mail"),
                      row(1h, 2, "", ""),
                      row(1h, 2, "li.na", "mail"),
                      row(1h, 2, "zhao.lei", "hook"),
                      row(91 * 24h, 3, "li.na", "mail")};
    write(*store, noise);
    const auto queries = backend->queries();
    const auto all = queries->observed(kNow - 1000 * 24h);
    REQUIRE(all);
    REQUIRE(all.value().size() == 3);
    const ObservedCount& li = all.value()[0];
    CHECK(li.person == "li.na");
    CHECK(li.incidents == 2);
    CHECK(li.messages == 3);
    CHECK(li.first == kNow - 2h);
    CHECK(li.last == kNow - 1h);
    CHECK(all.value()[1].channel.empty());
    CHECK(all.value()[1].incidents == 2);
    CHECK(all.value()[2].person == "zhao.lei");
    CHECK(queries->observed(kNow - 90min).value()[0].messages == 2);
}

TEST_CASE("how often a key fired is kept, and blips are listed by pages, the newest first") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const auto fired = [&] { return read(*store, [](Tx& tx) { return tx.fired("web:slow"); }); };
    CHECK(fired().empty());
    NoiseChanges noise;
    noise.fired["web:slow"] = {kNow - 1min, kNow};
    write(*store, noise);
    CHECK(fired() == std::vector<Timestamp>{kNow - 1min, kNow});
    noise.fired["web:slow"] = {};
    write(*store, noise);
    CHECK(fired().empty());

    noise.fired.clear();
    for (int i = 1; i <= 3; ++i) {
        noise.blips.push_back({0, kNow - 1min, kNow, "latency", "web:slow", "warning",
                               "blip " + std::to_string(i), Labels{{"host", "web-1"}}});
    }
    Blip old = noise.blips.front();
    old.ended_at = kNow - 91 * 24h;
    noise.blips.push_back(old);
    write(*store, noise);
    const auto queries = backend->queries();
    const auto page = queries->blips(2, 0);
    REQUIRE(page);
    REQUIRE(page.value().size() == 2);
    Blip expected = noise.blips[2];
    expected.id = page.value()[0].id;
    CHECK(page.value()[0] == expected);
    const auto next = queries->blips(2, page.value()[1].id);
    REQUIRE(next);
    REQUIRE(next.value().size() == 1);
    CHECK(next.value()[0].summary == "blip 1");
}
