// Where a message goes when its own way fails.
#include "bridge/oncall/fallback.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);
const std::vector<Priority> kAll(kPriorities.begin(), kPriorities.end());

// A group's robot for all, SMS for P1, mail for all, a call five minutes later for P1.
Oncall world() {
    Person li;
    li.name = "li.na";
    li.contacts = {{"ding", "138", kAll, 0s},
                   {"sms", "+86138", {Priority::kP1}, 0s},
                   {"mail", "li.na@example.com", kAll, 0s},
                   {"call", "+86138", {Priority::kP1}, 5min}};
    Person zhao;
    zhao.name = "zhao.lei";
    zhao.contacts = {{"mail", "zhao.lei@example.com", kAll, 0s}};
    Oncall out;
    out.people = {li, zhao};
    return out;
}

}  // namespace

TEST_CASE("the next contact of the person that is not told anyway") {
    struct Case {
        const char* what;
        const char* person;
        const char* failed;
        const char* address;
        Priority priority;
        const char* next;  // "" for none
    };
    const Oncall oncall = world();
    for (const Case& c : {
             Case{"the one after it", "li.na", "ding", "138", Priority::kP3, "sms"},
             Case{"mail is told at once, the call follows later", "li.na", "ding", "138",
                  Priority::kP1, "call"},
             Case{"from the end to the beginning", "li.na", "mail", "li.na@example.com",
                  Priority::kP3, "call"},
             Case{"a stand-in goes forward only", "li.na", "sms", "+86138", Priority::kP3, "call"},
             Case{"and ends", "li.na", "call", "+86138", Priority::kP3, ""},
             Case{"one contact has none", "zhao.lei", "mail", "zhao.lei@example.com", Priority::kP1,
                  ""},
             Case{"a person who has gone", "wang.wei", "mail", "x", Priority::kP1, ""},
             Case{"a contact that has gone", "li.na", "ding", "139", Priority::kP1, ""},
         }) {
        INFO(c.what);
        const auto next = fallback_of(oncall, c.person, c.failed, c.address, c.priority, kNow);
        CHECK((next ? next->channel : std::string()) == c.next);
        if (next) CHECK(next->not_before == kNow);
    }
}

TEST_CASE("stand-ins never go round in a circle") {
    const Oncall oncall = world();
    for (const Priority priority : kPriorities) {
        for (const Contact& start : oncall.people[0].contacts) {
            std::optional<Tell> at = Tell{"li.na", start.channel, start.address, kNow};
            int steps = 0;
            while (at && steps <= 4) {
                at = fallback_of(oncall, "li.na", at->channel, at->address, priority, kNow);
                ++steps;
            }
            CHECK(steps <= 4);
        }
    }
}
