// What of a low priority waited for its hours is one message.
#include <catch2/catch.hpp>

#include "plan_world.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("what is of a priority for digests goes as one message a person, whatever the rate") {
    RulesByChannel rules_of_mail = rules(Readership::kPerson, {});
    rules_of_mail.at("ding").digest = {Priority::kP1, Priority::kP4};
    const auto p4 = [](int id, const std::string& address, Duration waited) {
        return row(id, Priority::kP4, kOpened, waited, "ding", address);
    };
    const auto plan = [&](std::vector<EffectRow> rows) {
        return plan_messages(queue_of(std::move(rows)), rules_of_mail, kNow);
    };
    // Hours begin: timers that are due in the same moment are not handled in the same one.
    const Plan early = plan({p4(1, "a", 1s), p4(2, "a", 0s)});
    CHECK(early.now.empty());
    CHECK(early.next == kNow + 2s);

    // No digest for who is wanted at once, nor for another priority, nor of another person.
    const Plan late = plan({p4(1, "a", 3s), p4(2, "b", 3s), p4(3, "a", 1s), p4(4, "a", 0s),
                            row(6, Priority::kP1, kOpened, 0s, "ding", "a")});
    REQUIRE(late.now.size() == 3);
    CHECK(ids(late.now[0]) == std::vector<std::int64_t>{6});
    CHECK(ids(late.now[1]) == std::vector<std::int64_t>{1, 3, 4});
    CHECK(late.now[1].shape == Parcel::Shape::kDigest);
    CHECK(ids(late.now[2]) == std::vector<std::int64_t>{2});
    CHECK(late.now[2].shape == Parcel::Shape::kOne);
    const Plan beside = plan({p4(1, "a", 0s), row(5, Priority::kP3, kOpened, 0s, "ding", "a")});
    REQUIRE(beside.now.size() == 1);
    CHECK(ids(beside.now[0]) == std::vector<std::int64_t>{5});

    // Programs take each by itself, and ends have a way of their own.
    RulesByChannel hook = rules(Readership::kProgram, {});
    hook.at("ding").digest = {Priority::kP4};
    const std::vector<EffectRow> both{p4(1, "", 0s), p4(2, "", 0s)};
    CHECK(plan_messages(queue_of(both), hook, kNow).now.size() == 2);
    CHECK(plan({row(1, Priority::kP4, kResolved), row(2, Priority::kP4, kResolved)}).now.size() ==
          2);
}

TEST_CASE("a digest spends of the rate what one message does") {
    RulesByChannel robot = kRobot;
    robot.at("ding").digest = {Priority::kP4};
    Queue queue =
        queue_of({row(1, Priority::kP4, kOpened, 5s), row(2, Priority::kP4, kOpened, 5s)});
    queue.sent = sent(20, 10s);
    const Plan full = plan_messages(queue, robot, kNow);
    CHECK(full.now.empty());
    REQUIRE(full.next);
    CHECK(*full.next > kNow);
    queue.sent = sent(19, 10s);
    REQUIRE(plan_messages(queue, robot, kNow).now.size() == 1);
    CHECK(ids(plan_messages(queue, robot, kNow).now[0]) == std::vector<std::int64_t>{1, 2});
}
