// Storms over the real store, with the bridge killed between any two events.
#include "storming.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("a storm is its incidents' service's, and their watchers hear of it") {
    BridgeConfig config = storm_config(3);
    config.routes.back().policy.clear();
    config.oncall.teams = {{"web", "web", "", "", {"li.na"}}};
    Service shop;
    shop.name = "shop";
    shop.owner = "web";
    config.priorities.services = {shop};
    Route watch;
    watch.name = "watch";
    watch.also = true;
    watch.tell = {Target{Target::Kind::kPerson, "zhao.lei"}};
    config.routes.insert(config.routes.begin(), watch);
    StormLab lab(config);
    for (int i = 0; i < 5; ++i) {
        Alert alert = agent_alert("HighLoad", host(i), "warning", ++lab.seq, lab.clock.now() + 1h);
        LabelsBuilder labels(alert.labels);
        labels.set("service", "shop");
        alert.labels = labels.build();
        REQUIRE(lab.post({alert}));
    }
    const Incident storm = lab.parent();
    CHECK(storm.team == "web");
    CHECK(storm.policy == "web");
    CHECK(storm.service == "shop");
    // To each of both; what waited to be told of the first three gives way to it.
    CHECK(lab.told() == "storm 2");
}

TEST_CASE("the first hosts page, with one more the storm does, once, for all that follow") {
    StormLab lab(storm_config(5));
    for (int i = 1; i <= 5; ++i) {
        lab.fire(i);
        lab.pass(1s);
    }
    CHECK(lab.told() == "opened 5");
    for (int i = 6; i <= 25; ++i) lab.fire(i);
    CHECK(lab.told() == "storm 1");
    lab.pass(1s);
    for (int i = 26; i <= 40; ++i) lab.fire(i);  // five times as many hosts: worse, and told so
    CHECK(lab.told() == "raised 1");
    Incident storm = lab.parent();
    CHECK(lab.parents() == 1);
    CHECK(storm.title == "Storm: alertname=\"HighLoad\" on 40 hosts");
    CHECK(storm.children == 40);
    CHECK(storm.priority == Priority::kP1);  // P3, and eight times the hosts that make a storm
    for (int i = 1; i <= 40; ++i) {
        const Incident child = lab.of_host(i);
        CHECK(child.absorbed);
        CHECK(child.parent == storm.key);
        CHECK(lab.detail(child.key).timers.empty());
    }
    IncidentFilter filter;
    filter.with_children = false;
    CHECK(lab.queries().incidents(filter).value().incidents.size() == 1);
    CHECK(lab.detail(storm.key).children.size() == 40);

    // Nobody is told of each; of the storm the ladder goes on.
    lab.pass(11min);
    CHECK(lab.told() == "escalated 1");

    REQUIRE(lab.act(storm.key, ActionKind::kAcknowledge));
    lab.restart();
    for (int i = 1; i <= 40; ++i) {
        CHECK(lab.of_host(i).state == State::kAcknowledged);
        CHECK(lab.of_host(i).acknowledged_by == "li.na");
    }
    lab.fire(41);  // joins, owned from its first moment
    CHECK(lab.of_host(41).acknowledged_by == "li.na");
    CHECK(lab.told().empty());

    // All but four clear: the storm is over, those four stay hers.
    for (int i = 5; i <= 41; ++i) lab.clear(i);
    lab.pass(62s);
    storm = lab.parent();
    CHECK(storm.state == State::kResolved);
    CHECK(lab.told() == "resolved 2");  // to her, and to whom it was escalated
    for (int i = 1; i <= 4; ++i) {
        const Incident left = lab.of_host(i);
        CHECK_FALSE(left.absorbed);
        CHECK(left.state == State::kAcknowledged);
        CHECK(left.acknowledged_by == "li.na");
    }
    // On its own now: its end is told.
    lab.clear(1);
    lab.pass(62s);
    CHECK(lab.told() == "resolved 1");
}

TEST_CASE("whoever acknowledged before the storm keeps the incident") {
    StormLab lab(storm_config(2));
    lab.fire(1);
    REQUIRE(lab.act(lab.of_host(1).key, ActionKind::kAcknowledge));
    lab.fire(2);
    lab.fire(3);
    CHECK_FALSE(lab.of_host(1).absorbed);
    CHECK(lab.of_host(2).absorbed);
    CHECK(lab.of_host(3).absorbed);
    CHECK(lab.parent().children == 2);
}

TEST_CASE("a child that gets worse than the storm pages alone, and the storm counts on") {
    StormLab lab(storm_config(3));
    for (int i = 1; i <= 4; ++i) lab.fire(i);
    REQUIRE(lab.parent().priority == Priority::kP2);
    lab.told();
    lab.pass(1s);
    lab.fire(2, "critical");  // P2, no worse than the storm
    CHECK(lab.of_host(2).absorbed);
    CHECK(lab.parent().priority == Priority::kP1);  // which rose with it
    CHECK(lab.told() == "raised 1");
}

TEST_CASE("a batch with all hosts at once tells of a storm, and of nothing else of them") {
    StormLab lab(storm_config(10));
    std::vector<Alert> alerts;
    for (int i = 1; i <= 300; ++i) {
        alerts.push_back(agent_alert("HighLoad", host(i), "warning", i, lab.clock.now() + 1h));
    }
    REQUIRE(lab.post(alerts));
    CHECK(lab.told() == "storm 1");
    CHECK(lab.parent().children == 300);
    CHECK(lab.incidents().size() == 100);  // a page of them
    lab.restart();
    CHECK(lab.of_host(300).absorbed);
}

TEST_CASE("slowly, or of other alerts: no storm") {
    StormLab slow(storm_config(3));
    for (int i = 1; i <= 10; ++i) {
        slow.fire(i);
        slow.pass(21s);
    }
    CHECK(slow.parents() == 0);
    StormLab other(storm_config(3));
    for (int i = 1; i <= 10; ++i) {
        REQUIRE(other.post({agent_alert("Alert" + std::to_string(i), host(i), "warning", 1,
                                        other.clock.now() + 1h)}));
    }
    CHECK(other.parents() == 0);
    CHECK(other.told() == "opened 10");
}

TEST_CASE("a storm by site takes all alerts of a site, and none of another") {
    BridgeConfig config = storm_config(3);
    config.incidents.storms.by = {"site"};
    StormLab lab(config);
    for (int i = 1; i <= 8; ++i) {
        Alert alert =
            agent_alert("Alert" + std::to_string(i), host(i), "warning", 1, lab.clock.now() + 1h);
        alert.labels = LabelsBuilder(alert.labels).set("site", i <= 5 ? "bj1" : "sh1").build();
        REQUIRE(lab.post({alert}));
        lab.restart();
    }
    CHECK(lab.parents() == 1);
    CHECK(lab.parent().children == 5);
    CHECK(lab.parent().labels == Labels{{"site", "bj1"}});
    CHECK_FALSE(lab.of_host(7).absorbed);
}

TEST_CASE("beyond the fuse one message stands for the rest") {
    StormLab lab(storm_config(0, 5));
    for (int i = 1; i <= 30; ++i) {
        REQUIRE(lab.post({agent_alert("Alert" + std::to_string(i), host(i), "warning", 1,
                                      lab.clock.now() + 1h)}));
        lab.restart();
    }
    CHECK(lab.told() == "opened 5, overflow 1");
    const Incident overflow = lab.parent();
    CHECK(overflow.kind == Incident::Kind::kOverflow);
    CHECK(overflow.title == "Overflow: 25 more incidents on 25 hosts");
    CHECK(lab.parents() == 1);
}

TEST_CASE("a storm resolved by hand leaves what fires to whoever resolved it") {
    StormLab lab(storm_config(2));
    for (int i = 1; i <= 6; ++i) lab.fire(i);
    lab.told();
    REQUIRE(lab.act(lab.parent().key, ActionKind::kResolve));
    lab.restart();
    CHECK(lab.parent().state == State::kResolved);
    for (int i = 1; i <= 6; ++i) {
        CHECK_FALSE(lab.of_host(i).absorbed);
        CHECK(lab.of_host(i).acknowledged_by == "li.na");
    }
    // The same again, on other hosts: the same storm opens again.
    lab.pass(2min);
    lab.told();
    for (int i = 11; i <= 15; ++i) lab.fire(i);
    CHECK(lab.parents() == 1);
    CHECK(lab.parent().state == State::kTriggered);
    CHECK(lab.parent().reopen_count == 1);
}

TEST_CASE("alerts that come one a request: the fuse blows once, and holds until they have ended") {
    BridgeConfig config = storm_config(0, 5);
    config.routes.back().stable = 0s;  // an alert that clears is over at once
    StormLab lab(config);
    std::vector<std::string> messages;
    const auto step = [&] {
        for (std::string& line : lab.deliver()) messages.push_back(std::move(line));
        lab.pass(4ms);
        for (std::string& line : lab.deliver()) messages.push_back(std::move(line));
    };
    for (int i = 1; i <= 12; ++i) {
        REQUIRE(lab.post({agent_alert("Alert" + std::to_string(i), host(i), "warning", 1,
                                      lab.clock.now() + 1h)}));
        step();
    }
    CHECK(std::count(messages.begin(), messages.end(), "li.na: opened") == 5);
    CHECK(std::count(messages.begin(), messages.end(), "li.na: overflow") == 1);
    CHECK(messages.size() == 6);
    CHECK(lab.parent().children == 7);
    messages.clear();

    // All but one clear within the minute: its end is told after it, once.
    const auto clear = [&](int i) {
        REQUIRE(lab.post(
            {agent_alert("Alert" + std::to_string(i), host(i), "warning", 2, lab.clock.now())}));
    };
    for (int i = 6; i <= 11; ++i) clear(i);
    step();
    CHECK(messages.empty());
    CHECK(is_open(lab.parent().state));
    lab.restart();
    lab.pass(1min);
    CHECK(lab.parent().state == State::kResolved);
    CHECK(lab.told() == "resolved 1");
    CHECK_FALSE(lab.of_host(12).absorbed);
}

TEST_CASE("a storm whose first hosts are owned has one child at first, and is told once") {
    StormLab lab(storm_config(4));
    for (int i = 1; i <= 4; ++i) {
        lab.fire(i);
        REQUIRE(lab.act(lab.of_host(i).key, ActionKind::kAcknowledge));
    }
    lab.told();
    std::map<std::string, int> counts;
    for (int i = 5; i <= 12; ++i) {
        lab.fire(i);
        for (const std::string& line : lab.deliver()) ++counts[line];
        lab.pass(4s);
    }
    CHECK(counts == std::map<std::string, int>{{"li.na: storm", 1}});
    CHECK(lab.parent().children == 8);
    lab.pass(5min);
    CHECK(is_open(lab.parent().state));
    for (int i = 5; i <= 11; ++i) lab.clear(i);
    lab.pass(62s);
    CHECK(lab.parent().state == State::kResolved);
    CHECK(lab.told() == "resolved 1");
}

TEST_CASE("a storm across teams is told to each of them when its first incident joins") {
    BridgeConfig config = storm_config(2);
    Person chen = config.oncall.people.front();
    chen.name = chen.display = "chen.yu";
    chen.contacts.front().address = "chen.yu@example.com";
    config.oncall.people.push_back(chen);
    Policy dba;
    dba.name = "dba";
    dba.response = {LadderStep{0s, {Target{Target::Kind::kPerson, "chen.yu"}}}};
    config.oncall.policies.push_back(dba);
    Route databases;
    databases.name = "databases";
    databases.match = {parse_matcher("host=\"web-2\"").value()};
    databases.policy = "dba";
    Route late = databases;
    late.name = "late";
    late.match = {parse_matcher("host=~\"web-[67]\"").value()};
    late.policy = "late";
    Policy of_late = dba;
    of_late.name = "late";
    of_late.response.front().tell = {Target{Target::Kind::kPerson, "zhao.lei"}};
    config.oncall.policies.push_back(of_late);
    config.routes.insert(config.routes.begin(), {databases, late});

    StormLab lab(config);
    for (int i = 1; i <= 3; ++i) lab.fire(i);
    CHECK(lab.parent().policy == "web");
    CHECK(lab.deliver() == std::vector<std::string>{"chen.yu: storm", "li.na: storm"});
    for (int i = 4; i <= 5; ++i) lab.fire(i);
    CHECK(lab.deliver().empty());
    lab.pass(1s);
    for (int i = 6; i <= 7; ++i) lab.fire(i);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: storm"});
    // Whoever was told hears the end.
    REQUIRE(lab.act(lab.parent().key, ActionKind::kResolve));
    const auto end = lab.deliver();
    CHECK(std::count(end.begin(), end.end(), "chen.yu: resolved") == 1);
    CHECK(std::count(end.begin(), end.end(), "zhao.lei: resolved") == 1);
}
