// Whom there is to tell: people with their contacts, teams, and policies with the response ladder.
// Plain values, compiled from bridge.yml; names have been checked there, and a lookup that finds
// nothing (an incident outlives a reload) is an ordinary case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

// One way to reach a person.
struct Contact {
    std::string channel;  // the name of a configured channel
    std::string address;  // what that channel's type needs: an address, a number, a URL
    std::vector<Priority> priorities;  // for which it is used
    Duration after{0};                 // waits this long, and is dropped if acknowledged meanwhile

    [[nodiscard]] bool serves(Priority priority) const;
    bool operator==(const Contact&) const = default;
};

struct Person {
    std::string name;
    std::string display;   // what others see; the name when not given
    std::string language;  // "en", "zh-CN"; the bridge's when not given
    std::vector<Contact> contacts;
};

struct Team {
    std::string name;
    std::string policy;   // followed after a functional escalation to it; "" for none
    std::string manager;  // a person; "" for none
    std::string lead;
    std::vector<std::string> members;
};

// `person:li.na`, `team:web`, `manager:web`, `lead:web`.
struct Target {
    enum class Kind { kPerson, kTeam, kManager, kLead };
    Kind kind = Kind::kPerson;
    std::string name;  // of the person, or of the team
    bool operator==(const Target&) const = default;
};
std::string to_string(const Target& target);
// Nothing when the text is no target.
std::optional<Target> parse_target(std::string_view text);

// `after` counts from the start of the ladder, so a ladder's steps never go back in time.
struct LadderStep {
    Duration after{0};
    std::vector<Target> tell;
};

struct Policy {
    std::string name;
    std::vector<LadderStep> response;  // stops on acknowledge
};

struct Oncall {
    std::vector<Person> people;
    std::vector<Team> teams;
    std::vector<Policy> policies;
    std::vector<Target>
        catch_all;  // told when a step reaches nobody, and when a ladder is at its end

    [[nodiscard]] const Person* person(std::string_view name) const;
    [[nodiscard]] const Team* team(std::string_view name) const;
    [[nodiscard]] const Policy* policy(std::string_view name) const;
    // The people behind targets, each once, in the order given; unknown names are left out.
    [[nodiscard]] std::vector<const Person*> resolve(const std::vector<Target>& targets) const;
};

}  // namespace tocsin::bridge
