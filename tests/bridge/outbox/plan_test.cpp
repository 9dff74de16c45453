// What goes now, what is merged and what waits; time and state are arguments.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "plan_world.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("a channel without a rate sends each message by itself") {
    std::vector<EffectRow> rows;
    for (int i = 1; i <= 3; ++i) rows.push_back(row(i, Priority::kP3, kResolved));
    const Plan plan = plan_messages(queue_of(rows), rules(Readership::kPerson, {}), kNow);
    REQUIRE(plan.now.size() == 3);
    for (const Parcel& parcel : plan.now) CHECK(parcel.shape == Parcel::Shape::kOne);
    CHECK_FALSE(plan.next);
}

TEST_CASE("what is urgent goes first, then other asks, then ends, of equals the oldest") {
    const Plan plan = plan_messages(
        queue_of({row(1, Priority::kP1, kResolved, 9s), row(2, Priority::kP3, kOpened, 8s),
                  row(3, Priority::kP2, kOpened, 1s), row(4, Priority::kP1, kOpened, 0s),
                  row(5, Priority::kP2, kOpened, 2s)}),
        rules(Readership::kPerson, {}), kNow);
    std::vector<std::int64_t> order;
    for (const Parcel& parcel : plan.now) order.push_back(parcel.rows.front().id.value);
    // Three of a channel are under way at once; the others are planned when those have ended.
    CHECK(order == std::vector<std::int64_t>{4, 5, 3});
}

TEST_CASE("in a group one message to several people is one, with all of them mentioned") {
    EffectRow a = row(1, Priority::kP2, kOpened, 0s, "ding", "138");
    EffectRow b = row(2, Priority::kP2, kOpened, 0s, "ding", "139");
    b.incident = a.incident;
    EffectRow other = row(3, Priority::kP2);
    const Plan plan = plan_messages(queue_of({a, b, other}), kRobot, kNow);
    REQUIRE(plan.now.size() == 2);
    CHECK(plan.now[0].shape == Parcel::Shape::kMentions);
    CHECK(ids(plan.now[0]) == std::vector<std::int64_t>{1, 2});
    CHECK(plan.now[1].shape == Parcel::Shape::kOne);
    // Another step of the same incident is another message.
    b.notify.step = 2;
    CHECK(plan_messages(queue_of({a, b}), kRobot, kNow).now.size() == 2);
    // To people's own addresses nothing is merged.
    CHECK(plan_messages(queue_of({a, b}), rules(Readership::kPerson, {}), kNow).now.size() == 2);
}

TEST_CASE("a budget is kept for what is urgent, and the last quarter for digests") {
    struct Case {
        const char* what;
        Priority priority;
        int used;
        bool goes;
    };
    for (const Case& c : {Case{"the first", Priority::kP3, 0, true},
                          Case{"half is used, not urgent", Priority::kP3, 10, false},
                          Case{"half is used, urgent", Priority::kP2, 10, true},
                          Case{"three quarters are used", Priority::kP2, 15, false},
                          Case{"three quarters are used, P1", Priority::kP1, 15, true},
                          Case{"all but one are used, P1", Priority::kP1, 19, true},
                          Case{"all are used, P1", Priority::kP1, 20, false}}) {
        INFO(c.what);
        Queue queue = queue_of({row(1, c.priority)});
        queue.sent = sent(c.used, 30s);
        const Plan plan = plan_messages(queue, kRobot, kNow);
        CHECK(plan.now.size() == (c.goes ? 1U : 0U));
        CHECK(plan.next.has_value() == !c.goes);
    }
}

TEST_CASE("sends from before the clock was set back use up no budget") {
    Queue queue = queue_of({row(1, Priority::kP1)});
    queue.sent = sent(20, -8h);
    CHECK(plan_messages(queue, kRobot, kNow).now.size() == 1);
    queue.sent = sent(20, 1s);
    const Plan full = plan_messages(queue, kRobot, kNow);
    CHECK(full.now.empty());
    REQUIRE(full.next);
    CHECK(*full.next <= kNow + 65s);
}

TEST_CASE("what does not fit waits a moment and goes as one message") {
    std::vector<EffectRow> rows;
    for (int i = 1; i <= 40; ++i) rows.push_back(row(i, Priority::kP3));
    Queue queue = queue_of(rows);
    queue.sent = sent(15, 30s);
    const Plan waits = plan_messages(queue, kRobot, kNow);
    CHECK(waits.now.empty());
    REQUIRE(waits.next);
    CHECK(*waits.next == kNow + 6s);  // two messages' worth of 20 a minute
    for (EffectRow& one : queue.due) one.due = kNow - 6s;
    const Plan goes = plan_messages(queue, kRobot, kNow);
    REQUIRE(goes.now.size() == 1);
    CHECK(goes.now[0].shape == Parcel::Shape::kDigest);
    CHECK(goes.now[0].rows.size() == 40);
    // Nothing is left: the next goes when the oldest leaves the window, a twelfth late.
    queue.sent = sent(20, 30s);
    const Plan full = plan_messages(queue, kRobot, kNow);
    CHECK(full.now.empty());
    CHECK(full.next == kNow + 35s);
}

TEST_CASE("recoveries wait for each other and are told in one message") {
    Queue queue = queue_of({row(1, Priority::kP1, kResolved), row(2, Priority::kP3, kResolved)});
    const Plan waits = plan_messages(queue, kRobot, kNow);
    CHECK(waits.now.empty());
    CHECK(waits.next == kNow + 3s);
    for (EffectRow& one : queue.due) one.due = kNow - 3s;
    const Plan goes = plan_messages(queue, kRobot, kNow);
    REQUIRE(goes.now.size() == 1);
    CHECK(goes.now[0].shape == Parcel::Shape::kDigest);
    queue.due.pop_back();
    CHECK(plan_messages(queue, kRobot, kNow).now.at(0).shape == Parcel::Shape::kOne);
}

TEST_CASE("a rate of one message sends one alone, and several as one") {
    const RulesByChannel slack = rules(Readership::kGroup, {{1, 1s}});
    CHECK(plan_messages(queue_of({row(1, Priority::kP1)}), slack, kNow).now.size() == 1);
    Queue many = queue_of({row(1, Priority::kP2, kOpened, 5s), row(2, Priority::kP3, kOpened, 5s)});
    const Plan plan = plan_messages(many, slack, kNow);
    REQUIRE(plan.now.size() == 1);
    CHECK(plan.now[0].shape == Parcel::Shape::kDigest);
}

TEST_CASE("a P1 never waits where there is room, and shares a message only when there is none") {
    const RulesByChannel sms = rules(Readership::kPerson, {}, {{5, 15min}});
    // Four P2 went out in the last minutes and another two wait for the digest.
    Queue queue = queue_of({row(1, Priority::kP2, kOpened, 10s, "ding", "138"),
                            row(2, Priority::kP1, kOpened, 0s, "ding", "138"),
                            row(3, Priority::kP2, kOpened, 5s, "ding", "138")});
    queue.sent = sent(4, 2min, "138");
    const Plan plan = plan_messages(queue, sms, kNow);
    REQUIRE(plan.now.size() == 1);
    CHECK(plan.now[0].shape == Parcel::Shape::kOne);
    CHECK(ids(plan.now[0]) == std::vector<std::int64_t>{2});
    // Of more than fit the last room takes all the others, at once.
    for (EffectRow& one : queue.due) one.notify.priority = Priority::kP1;
    queue.sent = sent(3, 2min, "138");
    const Plan two = plan_messages(queue, sms, kNow);
    REQUIRE(two.now.size() == 2);
    CHECK(two.now[0].shape == Parcel::Shape::kOne);
    CHECK(two.now[1].shape == Parcel::Shape::kDigest);
    CHECK(two.now[1].rows.size() == 2);
}

TEST_CASE("who is urgently wanted is stuck when the rate leaves no room for a minute") {
    struct Case {
        const char* what;
        RulesByChannel rules;
        Priority priority;
        int sent;
        bool stuck;
    };
    const RulesByChannel sms = rules(Readership::kPerson, {}, {{5, 15min}});
    const RulesByChannel gateway = rules(Readership::kPerson, {{5, 15min}});
    for (const Case& c : {Case{"room for a P1", sms, Priority::kP1, 4, false},
                          Case{"no room at all", sms, Priority::kP1, 5, true},
                          Case{"the next digest is minutes away", sms, Priority::kP2, 4, true},
                          Case{"not urgent", sms, Priority::kP3, 5, false},
                          Case{"no room in the channel", gateway, Priority::kP1, 5, true},
                          Case{"a digest in seconds", kRobot, Priority::kP2, 15, false}}) {
        INFO(c.what);
        Queue queue = queue_of({row(1, c.priority, kOpened, 0s, "ding", "138")});
        queue.sent = sent(c.sent, 2s, "138");
        const Plan plan = plan_messages(queue, c.rules, kNow);
        REQUIRE(plan.stuck.size() == (c.stuck ? 1U : 0U));
        if (c.stuck) CHECK(plan.stuck[0].result.starts_with("its rate leaves no room before 20"));
        queue.due[0].stuck = true;
        CHECK(plan_messages(queue, c.rules, kNow).stuck.empty());  // said once
    }
}

TEST_CASE("between people the most urgent message has the channel's rate first") {
    const RulesByChannel gateway = rules(Readership::kPerson, {{1, 1min}}, {{5, 15min}});
    const Plan plan = plan_messages(queue_of({row(1, Priority::kP3, kOpened, 9s, "ding", "138"),
                                              row(2, Priority::kP2, kOpened, 5s, "ding", "139"),
                                              row(3, Priority::kP1, kOpened, 0s, "ding", "150")}),
                                    gateway, kNow);
    REQUIRE(plan.now.size() == 1);
    CHECK(ids(plan.now[0]) == std::vector<std::int64_t>{3});
}

TEST_CASE("a contact's own caps count that contact's messages only") {
    const RulesByChannel sms = rules(Readership::kPerson, {}, {{5, 15min}, {11, 1h}, {21, 3h}});
    struct Case {
        const char* what;
        std::vector<SendRow> sent;
        bool goes;
    };
    std::vector<SendRow> hours = sent(11, 30min, "138");
    for (const Case& c : {Case{"none", {}, true}, Case{"two", sent(2, 5min, "138"), true},
                          Case{"five in a quarter of an hour", sent(5, 5min, "138"), false},
                          Case{"five, long ago", sent(5, 17min, "138"), true},
                          Case{"eleven in an hour", hours, false},
                          Case{"five to another", sent(5, 5min, "139"), true}}) {
        INFO(c.what);
        Queue queue = queue_of({row(1, Priority::kP1, kOpened, 0s, "ding", "138")});
        queue.sent = c.sent;
        const Plan plan = plan_messages(queue, sms, kNow);
        CHECK(plan.now.size() == (c.goes ? 1U : 0U));
        CHECK(plan.next.has_value() == !c.goes);
    }
}

TEST_CASE("programs get every message by itself, urgent ones first, as their rate allows") {
    std::vector<EffectRow> rows = {row(1, Priority::kP4), row(2, Priority::kP4),
                                   row(3, Priority::kP1)};
    const Plan plan = plan_messages(queue_of(rows), rules(Readership::kProgram, {{2, 1min}}), kNow);
    REQUIRE(plan.now.size() == 2);
    CHECK(ids(plan.now[0]) == std::vector<std::int64_t>{3});
    CHECK(plan.now[1].shape == Parcel::Shape::kOne);
    CHECK(plan.next == kNow + 65s);
}

TEST_CASE(
    "a channel that rests keeps its messages, urgent ones are stuck after a minute, old ones "
    "dead after an hour") {
    struct Case {
        Priority priority;
        Duration waited;
        Duration rests;
        bool stuck;
        bool dead;
    };
    for (const Case& c :
         {Case{Priority::kP1, 0s, 30s, false, false}, Case{Priority::kP1, 0s, 10min, true, false},
          Case{Priority::kP1, 40s, 30s, true, false}, Case{Priority::kP3, 0s, 10min, false, false},
          Case{Priority::kP3, 61min, 10min, false, true}}) {
        Queue queue = queue_of({row(1, c.priority, kOpened, c.waited)});
        queue.health["ding"] = {5, kNow + c.rests, "errcode 130101"};
        const Plan plan = plan_messages(queue, kRobot, kNow);
        CHECK(plan.now.empty());
        CHECK(plan.stuck.size() == (c.stuck ? 1U : 0U));
        CHECK(plan.dead.size() == (c.dead ? 1U : 0U));
        if (c.dead) CHECK(plan.dead[0].result == "the channel takes nothing: errcode 130101");
        REQUIRE(plan.next);
        CHECK(*plan.next <= kNow + c.rests);
        queue.due[0].stuck = true;
        CHECK(plan_messages(queue, kRobot, kNow).stuck.empty());  // said once
    }
}

TEST_CASE("after a rest one message is tried before the others follow") {
    Queue queue = queue_of({row(1, Priority::kP1), row(2, Priority::kP1), row(3, Priority::kP1)});
    queue.health["ding"] = {6, kNow - 1s, "timeout"};
    CHECK(plan_messages(queue, kRobot, kNow).now.size() == 1);
    queue.in_flight["ding"] = 1;
    CHECK(plan_messages(queue, kRobot, kNow).now.empty());
}

TEST_CASE("how a channel fares follows from what came of its messages") {
    const Outcome good{Delivery::kDelivered, OutcomeReason::kDelivered, "", {}};
    const Outcome bad{Delivery::kRetry, OutcomeReason::kServerError, "HTTP 500", {}};
    const Outcome theirs{Delivery::kPermanent, OutcomeReason::kRejected, "too long", {}};
    const Outcome banned{Delivery::kRetry, OutcomeReason::kRateLimited, "130101", 10min};
    ChannelHealth health;
    for (int i = 0; i < 4; ++i) health = health_after(health, bad, kNow);
    CHECK(health.blocked_until <= kNow);
    health = health_after(health, bad, kNow);
    CHECK(health.blocked_until == kNow + 30s);
    for (int i = 0; i < 9; ++i) health = health_after(health, bad, kNow);
    CHECK(health.blocked_until == kNow + 5min);
    CHECK(health.reason == "HTTP 500");
    CHECK(health_after(health, theirs, kNow) == health);
    CHECK(health_after(health, good, kNow) == ChannelHealth{});
    CHECK(health_after({}, banned, kNow).blocked_until == kNow + 10min);
    const Outcome forever{Delivery::kRetry, OutcomeReason::kRateLimited, "", 100h};
    CHECK(health_after({}, forever, kNow).blocked_until == kNow + 1h);
}

// Random floods, carried out as planned: no window of any rate ever holds too much, every message
// goes within a bound, and no urgent one waits behind what is not.
TEST_CASE("a flood goes out within every rate, all of it, and soon") {
    const std::vector<Rate> all_rates[] = {
        {{20, 1min}}, {{100, 1min}, {5, 1s}}, {{1, 1s}}, {{4, 1s}}};
    for (unsigned seed = 1; seed <= 12; ++seed) {
        std::mt19937 random(seed);
        const auto& rates = all_rates[seed % 4];
        const RulesByChannel robot = rules(Readership::kGroup, rates);
        INFO("seed " << seed);
        std::vector<EffectRow> waiting;
        for (int i = 1; i <= 200; ++i) {
            EffectRow one =
                row(i, kPriorities.at(random() % 4), random() % 3 == 0 ? kResolved : kOpened);
            one.due = kNow + Duration{static_cast<int>(random() % 20'000)};
            waiting.push_back(one);
        }
        std::vector<SendRow> done;
        std::size_t left = waiting.size();
        Timestamp now = kNow;
        for (int round = 0; round < 5'000 && left > 0; ++round) {
            Queue queue;
            queue.room = 8;
            queue.sent = done;
            for (const EffectRow& one : waiting) {
                if (one.due <= now) queue.due.push_back(one);
            }
            const Plan plan = plan_messages(queue, robot, now);
            for (const Parcel& parcel : plan.now) {
                done.push_back({"ding", "", now});
                left -= parcel.rows.size();
                for (const EffectRow& gone : parcel.rows) {
                    CHECK(now - gone.due <= 70s);
                    std::erase_if(waiting, [&](const EffectRow& w) { return w.id == gone.id; });
                }
            }
            Timestamp next = now + 1s;
            if (plan.next) next = std::min(next, std::max(*plan.next, now + 1ms));
            if (!plan.now.empty()) next = now + 1ms;
            now = next;
        }
        CHECK(left == 0);
        for (const Rate& rate : rates) {
            for (const SendRow& first : done) {
                const auto in_window = std::count_if(done.begin(), done.end(), [&](const auto& s) {
                    return s.at >= first.at && s.at < first.at + rate.window;
                });
                CHECK(in_window <= rate.most);
            }
        }
    }
}
