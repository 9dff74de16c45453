// What should come, over the real store with restarts.
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

BridgeConfig expecting(Duration every, std::vector<std::string> by = {}) {
    BridgeConfig config = lab_config();
    Expectation e;
    e.name = "backup";
    e.match = {parse_matcher("alertname=\"BackupDone\"").value()};
    e.every = every;
    e.by = std::move(by);
    config.expects = {e};
    return config;
}

Alert done(std::string_view host) {
    return foreign_alert("BackupDone", host, "");
}

// The bridge runs on for so long, restarted once an hour.
void run(BridgeLab& lab, Duration time) {
    for (; time > 1h; time -= 1h) {
        lab.pass(1h);
        lab.restart();
    }
    lab.pass(time);
}

}  // namespace

TEST_CASE("a sign of life opens nothing, its absence does, and its coming resolves") {
    BridgeLab lab(expecting(25h));
    lab.pass(1s);
    REQUIRE(lab.post({done("db-1")}));
    run(lab, 24h + 50min);
    CHECK(lab.incidents().empty());
    run(lab, 11min);
    const Incident in = lab.only().summary.incident;
    CHECK(in.state == State::kTriggered);
    CHECK(in.severity == "critical");
    CHECK(in.labels == Labels{{"alertname", "ExpectedMissing"}, {"expected", "backup"}});
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    lab.restart();
    REQUIRE(lab.post({done("db-1")}));
    lab.pass(61s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
}

TEST_CASE("what never came is missed from when it was configured") {
    BridgeLab lab(expecting(5min));
    lab.pass(4min);
    CHECK(lab.incidents().empty());
    lab.pass(62s);
    CHECK(lab.incidents().size() == 1);
}

TEST_CASE("a bridge that comes back after its due time waits a little, not for ever") {
    BridgeLab lab(expecting(25h));
    lab.pass(1s);
    REQUIRE(lab.post({done("db-1")}));
    lab.clock.advance(40h);
    lab.restart();
    lab.pass(9min);
    CHECK(lab.incidents().empty());
    lab.pass(2min);
    CHECK(lab.incidents().size() == 1);
}

TEST_CASE("by host: each that came once is expected by itself") {
    BridgeLab lab(expecting(1h, {"host"}));
    lab.pass(2h);
    CHECK(lab.incidents().empty());
    REQUIRE(lab.post({done("db-1"), done("db-2")}));
    for (int i = 0; i < 3; ++i) {
        lab.pass(50min);
        REQUIRE(lab.post({done("db-2")}));
    }
    const Incident in = lab.only().summary.incident;
    CHECK(in.labels.get("host") == "db-1");
    const auto rows = lab.queries().expected();
    REQUIRE(rows);
    REQUIRE(rows.value().size() == 2);
    CHECK(rows.value()[0].missing_since);
    CHECK_FALSE(rows.value()[1].missing_since);
}

TEST_CASE("of a retired host nothing is expected, of a renamed one it is under its new name") {
    BridgeConfig config = expecting(90s, {"host"});
    config.hosts.join = 0s;
    BridgeLab lab(std::move(config));
    for (const char* host : {"db-1", "db-2", "db-3"}) {
        lab.beat(host);
        REQUIRE(lab.post({done(host)}));
    }
    const auto rename = [&](std::string from, std::string to) {
        return lab.put(HostIn{HostIn::Move::kRename, std::move(from), std::move(to), "li.na"});
    };
    REQUIRE(lab.put(HostIn{HostIn::Move::kRetire, "db-1", "", "li.na"}));
    REQUIRE(rename("db-2", "db-9"));
    std::set<std::string> expected;
    const auto rows = lab.queries().expected();
    for (const ExpectRecord& row : rows.value()) {
        expected.emplace(row.labels.get("host"));
    }
    CHECK(expected == std::set<std::string>{"db-3", "db-9"});
    const auto missing = [&] {
        std::set<std::string> hosts;
        for (const IncidentSummary& row : lab.incidents()) {
            if (is_open(row.incident.state)) hosts.emplace(row.incident.labels.get("host"));
        }
        return hosts;
    };
    lab.pass(95s);
    CHECK(missing() == std::set<std::string>{"db-3", "db-9"});
    // What is missing stays so under another name, until it comes under that.
    lab.beat("db-3");
    lab.beat("db-9");
    REQUIRE(rename("db-3", "db-8"));
    CHECK(missing() == std::set<std::string>{"db-8", "db-9"});
    REQUIRE(lab.post({done("db-8"), done("db-9")}));
    lab.pass(65s);
    CHECK(missing().empty());
}

TEST_CASE("what is expected no more after a reload ends its alert and goes") {
    BridgeLab lab(expecting(5min));
    lab.pass(6min);
    REQUIRE(lab.incidents().size() == 1);
    lab.engine().configure(std::make_shared<const BridgeConfig>(lab_config()));
    lab.pass(62s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    CHECK(lab.queries().expected().value().empty());
}
