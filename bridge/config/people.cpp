// people, teams, policies.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

}  // namespace

void read_contacts(MapReader& r, Diagnostics& d, Reading& out, Person& person,
                   const PendingContact& where) {
    for (const YamlNode& item : items_of(r, "contacts")) {
        MapReader contact(item, "a contact", d);
        Contact read;
        contact.require("channel");
        if (auto channel = contact.string("channel")) {
            out.names.refer(Names::Kind::kChannel, *channel,
                            {d.file(), contact.position_of("channel")});
            read.channel = *channel;
        }
        PendingContact pending = where;
        pending.contact = person.contacts.size();
        pending.address = contact.string("address").value_or("");
        pending.url = contact.string("url").value_or("");
        pending.at = contact.string("at").value_or("");
        pending.number = contact.string("number").value_or("");
        pending.where = {d.file(), item.position()};
        read.priorities = priorities_of(contact, "for", d);
        read.after = contact.duration("after").value_or(Duration{0});
        read.hours = hours_of(contact, "hours", d, out);
        contact.finish();
        out.contacts.push_back(std::move(pending));
        person.contacts.push_back(std::move(read));
    }
}

namespace {

std::string person_of(MapReader& r, std::string_view key, const Diagnostics& d, Reading& out) {
    const auto name = r.string(key);
    if (!name) return {};
    out.names.refer(Names::Kind::kPerson, *name, {d.file(), r.position_of(key)});
    return *name;
}

void read_steps(MapReader& r, Diagnostics& d, Reading& out, Policy& policy) {
    for (const YamlNode& item : items_of(r, "response")) {
        MapReader step(item, "a step", d);
        LadderStep read;
        read.after = step.duration("after").value_or(Duration{0});
        read.repeat = step.duration("repeat").value_or(Duration{0});
        if (step.node("repeat") && read.repeat < 1s) step.error("repeat", "must be at least 1s");
        if (step.node("for")) read.priorities = priorities_of(step, "for", d);
        read.hours = hours_of(step, "hours", d, out);
        step.require("tell");
        for (const auto& [target, at] : targets_of(step, "tell", d)) {
            out.names.refer(target, {d.file(), at});
            read.tell.push_back(target);
        }
        if (!policy.response.empty() && read.after <= policy.response.back().after) {
            d.error(step.position_of("after"),
                    fmt::format("\"after\" counts from the start of the ladder: it must be later "
                                "than the step before, {}",
                                format_duration(policy.response.back().after)));
        }
        step.finish();
        policy.response.push_back(std::move(read));
    }
}

}  // namespace

std::string pin_problem(const Secret& pin) {
    constexpr std::size_t kShortest = 6;
    return pin.reveal().size() < kShortest ? "has fewer than 6 characters" : "";
}

void read_people(MapReader& r, Diagnostics& d, Reading& out) {
    static constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh-CN"};
    for (const YamlNode& item : items_of(r, "people")) {
        MapReader person(item, "a person", d);
        Person read;
        read.name = name_of(person, Names::Kind::kPerson, d, out);
        read.display = person.string("display").value_or(read.name);
        read.language = person.choice("language", kLanguages).value_or("");
        read.pin_file = person.string("pin_file").value_or("");
        PendingContact where;
        where.person = out.config.oncall.people.size();
        read_contacts(person, d, out, read, where);
        person.finish();
        out.config.oncall.people.push_back(std::move(read));
    }
}

void read_teams(MapReader& r, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "teams")) {
        MapReader team(item, "a team", d);
        Team read;
        read.name = name_of(team, Names::Kind::kTeam, d, out);
        if (auto policy = team.string("policy")) {
            out.names.refer(Names::Kind::kPolicy, *policy, {d.file(), team.position_of("policy")});
            read.policy = *policy;
        }
        read.manager = person_of(team, "manager", d, out);
        read.lead = person_of(team, "lead", d, out);
        for (const YamlNode& member : items_of(team, "members")) {
            out.names.refer(Names::Kind::kPerson, member.scalar(), {d.file(), member.position()});
            read.members.emplace_back(member.scalar());
        }
        team.finish();
        out.config.oncall.teams.push_back(std::move(read));
    }
}

void read_policies(MapReader& r, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "policies")) {
        MapReader policy(item, "a policy", d);
        Policy read;
        read.name = name_of(policy, Names::Kind::kPolicy, d, out);
        out.config.places["policy " + read.name] = {d.file(), item.position()};
        policy.require("response");
        read_steps(policy, d, out, read);
        read_resolution(policy, d, out, read);
        policy.finish();
        out.config.oncall.policies.push_back(std::move(read));
    }
}

}  // namespace tocsin::bridge
