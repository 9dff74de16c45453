// Whom there is to tell: people with their contacts, teams, rotations, and policies with the
// response ladder. Plain values, compiled from bridge.yml; names have been checked there, and a
// lookup that finds nothing (an incident outlives a reload) is an ordinary case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/hours.h"
#include "bridge/oncall/priority.h"
#include "bridge/oncall/rotation.h"

namespace tocsin::bridge {

// Who reads what a channel brings: it decides what may be merged, whether a link may name a person,
// and who is told of what a person knows who did it.
enum class Readership {
    kGroup,    // all contacts share one place; an address is whom to mention there
    kPerson,   // an address is one person's own
    kProgram,  // a program: one message an incident and reason, never merged
};

// One way to reach a person.
struct Contact {
    std::string channel;  // the name of a configured channel
    std::string address;  // what that channel's type needs: an address, a number, a URL
    std::vector<Priority> priorities;  // for which it is used
    Duration after{0};                 // waits this long, and is dropped if acknowledged meanwhile
    Hours hours{};                     // outside of them it is not used
    Readership readership = Readership::kPerson;  // its channel's

    [[nodiscard]] bool serves(Priority priority, Timestamp now) const;
    bool operator==(const Contact&) const = default;
};

struct Person {
    std::string name;
    std::string display;   // what others see; the name when not given
    std::string language;  // "en", "zh-CN"; the bridge's when not given
    std::vector<Contact> contacts;
    std::string pin_file{};  // what they give with their name on a group's link; "" for none
};

struct Team {
    std::string name;
    std::string policy;   // followed after a functional escalation to it; "" for none
    std::string manager;  // a person; "" for none
    std::string lead;
    std::vector<std::string> members;
};

// `person:li.na`, `team:web`, `manager:web`, `lead:web`, `vendor:acme`, `rotation:web-primary`,
// `manager-of:li.na`, `manager-of:rotation:web-primary`.
struct Target {
    enum class Kind {
        kPerson,
        kTeam,
        kManager,  // of a team
        kLead,     // of a team
        kVendor,
        kRotation,   // whoever is on call
        kManagerOf,  // of a person's teams, or of whoever is on call
    };
    Kind kind = Kind::kPerson;
    // Of the person, the team, the vendor, the rotation; of kManagerOf also "rotation:NAME".
    std::string name;
    bool operator==(const Target&) const = default;
};
std::string to_string(const Target& target);
// Nothing when the text is no target.
std::optional<Target> parse_target(std::string_view text);

// `after` counts from the start of the ladder, so a ladder's steps never go back in time.
struct LadderStep {
    Duration after{0};
    std::vector<Target> tell;
    Duration repeat{0};  // told again so often until the next step is due; 0: not, the last by rule
    std::vector<Priority> priorities{};  // for which there is this step; none: all
    Hours hours{};                       // in which there is this step

    [[nodiscard]] bool applies(Priority priority, Timestamp at) const;
};

// Told when so much of the resolution target has passed, whoever owns the incident.
struct ResolutionStep {
    int percent = 100;
    std::vector<Target> tell;
};

struct Policy {
    std::string name;
    std::vector<LadderStep> response;          // stops on acknowledge
    std::vector<ResolutionStep> resolution{};  // runs on until it is resolved; by rising percent
};

// Its lead, its manager or one of its members.
bool is_of(const Team& team, std::string_view person);

struct Oncall {
    std::vector<Person> people;
    std::vector<Team> teams;
    std::vector<Policy> policies;
    // Told when a step reaches nobody, and when a ladder is at its end (catch_all.h).
    std::vector<Target> catch_all;
    // Who is told instead where the file says nothing of it.
    enum class CatchAll { kAsListed, kByDefault } catch_all_is = CatchAll::kAsListed;
    std::vector<std::string> admins{};  // people with an admin's token
    std::vector<Person> vendors{};      // told and asked as people are; own nothing
    std::vector<Rotation> rotations;
    std::vector<Override> overrides;  // of rotations; the store's, by whoever asks (set_overrides)
    TellingHours hours;

    [[nodiscard]] const Person* person(std::string_view name) const;
    // One of `people`, not a token that a program has. Where nobody is configured, everybody is.
    [[nodiscard]] bool is_human(std::string_view name) const;
    [[nodiscard]] const Person* vendor(std::string_view name) const;
    [[nodiscard]] const Team* team(std::string_view name) const;
    [[nodiscard]] const Policy* policy(std::string_view name) const;
    [[nodiscard]] const Rotation* rotation(std::string_view name) const;
    // The people behind targets as of `now`, each once, in the order given; unknown names are left
    // out.
    [[nodiscard]] std::vector<const Person*> resolve(const std::vector<Target>& targets,
                                                     Timestamp now) const;
    // Whether it is this person's turn: on call now in a rotation that a step of the policy tells
    // or that is the team's. Where neither has one, everybody of the team is; without a team,
    // whoever the policy tells; without both, everybody. Both may be null.
    [[nodiscard]] bool is_on_call(std::string_view name, const Team* of, const Policy* by,
                                  Timestamp now) const;
    // Takes those whose people and rotations are still there: an override outlives a reload, and
    // one that names somebody who has left must not leave a hole.
    void set_overrides(std::vector<Override> all);
};

}  // namespace tocsin::bridge
