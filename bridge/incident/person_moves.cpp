// Findings, checks, ratings, watchers, links, vendors and public notes.
#include "bridge/incident/person_moves.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/incident/action_words.h"
#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostLinks = 50;
constexpr std::size_t kMostWatchers = 100;

std::string text_of(const UserAction& action) {
    return std::string(trim(action.text));
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

// Who an action is about: a target, a person's bare name, or the actor.
Target watcher_of(const UserAction& action) {
    const std::string& who = action.person.empty() ? action.actor : action.person;
    return parse_target(who).value_or(Target{Target::Kind::kPerson, who});
}

// Whether bridge.yml has whom a target names; nobody else can be told.
bool is_known(const Oncall& oncall, const Target& target) {
    constexpr std::string_view kRotation = "rotation:";
    const std::string_view name = target.name;
    switch (target.kind) {
        case Target::Kind::kPerson:
            return oncall.person(name) != nullptr;
        case Target::Kind::kTeam:
        case Target::Kind::kManager:
        case Target::Kind::kLead:
            return oncall.team(name) != nullptr;
        case Target::Kind::kVendor:
            return oncall.vendor(name) != nullptr;
        case Target::Kind::kRotation:
            return oncall.rotation(name) != nullptr;
        case Target::Kind::kManagerOf:
            return name.starts_with(kRotation)
                       ? oncall.rotation(name.substr(kRotation.size())) != nullptr
                       : oncall.person(name) != nullptr;
    }
    return false;
}

}  // namespace

std::optional<Reason> take_findings(Draft& d, const UserAction& action) {
    const Findings& given = action.findings;
    if (given == Findings{}) return std::nullopt;
    const auto& causes = d.context().settings.causes;
    if (!given.cause.empty() &&
        std::find(causes.begin(), causes.end(), given.cause) == causes.end()) {
        return because("\"{}\" is none of the configured causes: {}",
                       {{given.cause}, {joined(causes), "cause"}});
    }
    Findings& known = d.in().facts.findings;
    if (!given.cause.empty()) known.cause = given.cause;
    if (!given.solution.empty()) known.solution = given.solution;
    if (!given.proof.empty()) known.proof = given.proof;
    EntryData data;
    std::string said;
    const auto add = [&](const char* name, const std::string& value) {
        if (value.empty()) return;
        data[name] = value;
        said += fmt::format("{}{}: {}", said.empty() ? "" : "; ", name, value);
    };
    add("cause", given.cause);
    add("solution", given.solution);
    add("proof", given.proof);
    d.say("findings", action.actor, said, std::move(data));
    return std::nullopt;
}

std::string owed_by(const Draft& d, const Incident& incident) {
    const auto& needs = d.context().settings.close_needs;
    const auto found = needs.find(incident.priority);
    if (found == needs.end()) return "";
    const Findings& f = incident.facts.findings;
    std::vector<std::string> owed;
    for (const std::string& need : found->second) {
        const std::string& value =
            need == "cause" ? f.cause : (need == "solution" ? f.solution : f.proof);
        if (value.empty()) owed.push_back(need);
    }
    return joined(owed);
}

std::optional<Reason> take_rating(Draft& d, const UserAction& action) {
    if (!action.satisfaction) return std::nullopt;
    if (*action.satisfaction < 1 || *action.satisfaction > 5) {
        return "satisfaction must be a number from 1 to 5";
    }
    Facts& facts = d.in().facts;
    if (facts.satisfaction != 0 && facts.reporter && !facts.reported_by(action.actor)) {
        return "it is rated already, which only who reported it can change; leave \"satisfaction\" "
               "out";
    }
    facts.satisfaction = *action.satisfaction;
    facts.satisfaction_comment = text_of(action);
    d.say("rated", action.actor,
          sentence(fmt::format("Satisfaction: {} of 5", facts.satisfaction), action),
          with_text(action, {{"satisfaction", std::to_string(facts.satisfaction)}}));
    return std::nullopt;
}

Decision verify(Draft& d, const UserAction& action) {
    if (const auto problem = take_findings(d, action)) return d.invalid(*problem);
    if (text_of(action).empty() && d.in().facts.findings.proof.empty()) {
        return d.invalid("verify needs a text or a proof: how it was seen that it holds");
    }
    Facts& facts = d.in().facts;
    facts.verified_at = d.now();
    facts.verified_by = action.actor;
    facts.verified_how = text_of(action).empty() ? facts.findings.proof : text_of(action);
    d.say("verified", action.actor,
          fmt::format("{} has verified that it holds: {}", action.actor, facts.verified_how),
          with_text(action, {{"how", facts.verified_how}}));
    return d.done("verified");
}

Decision rate(Draft& d, const UserAction& action) {
    if (!action.satisfaction) return d.invalid("rate needs a satisfaction from 1 to 5");
    if (const auto problem = take_rating(d, action)) return d.invalid(*problem);
    return d.done("rated");
}

Decision watch(Draft& d, const UserAction& action) {
    const Target target = watcher_of(action);
    if (!is_known(d.context().oncall, target)) {
        const std::string& named = action.person.empty() ? action.actor : action.person;
        return d.invalid(because("nobody is named \"{}\"", {{named}}));
    }
    auto& watchers = d.in().watchers;
    const std::string who = to_string(target);
    if (std::find(watchers.begin(), watchers.end(), who) != watchers.end()) {
        return d.nothing(who + " watches it already");
    }
    if (watchers.size() >= kMostWatchers) return d.invalid("it has 100 watchers already");
    watchers.push_back(who);
    d.say("watched", action.actor, fmt::format("{} watches it", who), {{"who", who}});
    return d.done("watched");
}

Decision unwatch(Draft& d, const UserAction& action) {
    const std::string who = to_string(watcher_of(action));
    if (std::erase(d.in().watchers, who) == 0) return d.nothing(who + " does not watch it");
    d.say("unwatched", action.actor, fmt::format("{} watches it no longer", who), {{"who", who}});
    return d.done("watched no longer");
}

Decision link(Draft& d, const UserAction& action) {
    const std::string& to = action.link;
    const bool is_url = to.starts_with("https://") || to.starts_with("http://");
    const bool is_key = to.starts_with("INC-");
    if (!is_url && !is_key) {
        return d.invalid("link needs the key of an incident, or a URL with http:// or https://");
    }
    if (to == d.in().key) return d.invalid("an incident is not linked to itself");
    auto& links = d.in().facts.links;
    const bool known =
        std::any_of(links.begin(), links.end(), [&](const auto& l) { return l.target == to; });
    if (known) return d.nothing("it is linked already");
    if (links.size() >= kMostLinks) return d.invalid("it has 50 links already");
    links.push_back({text_of(action).empty() ? to : text_of(action), to});
    d.say("link_added", action.actor, sentence(fmt::format("Linked to {}", to), action),
          with_text(action, {{"target", to}}));
    return d.done("linked");
}

Decision public_note(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    if (text_of(action).empty()) return d.invalid("a note needs a text");
    if (!in.facts.reporter) {
        return d.conflict("nobody reported it: there is nobody to tell; leave \"public\" out");
    }
    // An answer to the reporter is a response, as an acknowledge is.
    const bool own = in.facts.reported_by(action.actor);
    if (!own) respond(d, action.actor);
    d.say("public_note", action.actor, text_of(action), with_text(action));
    if (own) return d.done("noted");
    return d.done(tell_reporter(d, MessageKind::kPublicNote)
                      ? "noted, and the reporter is told"
                      : "noted; who reported it has no channel, so tell them yourself");
}

Decision ask_vendor(Draft& d, const UserAction& action) {
    const auto target = parse_target(action.team);
    const Person* vendor = target ? d.context().oncall.vendor(target->name) : nullptr;
    if (vendor == nullptr) {
        return d.invalid(
            because("no vendor is named \"{}\"", {{target ? target->name : action.team}}));
    }
    if (text_of(action).empty()) return d.invalid("asking a vendor needs a text: what is wanted");
    const int told =
        d.tell(contacts_of({vendor}, d.in().priority, d.now()), MessageKind::kVendor, 0);
    d.say("vendor_asked", action.actor,
          sentence(fmt::format("{} asks {}{}", action.actor, vendor->display,
                               told == 0 ? ", whom no contact reaches" : ""),
                   action),
          with_text(action, {{"vendor", vendor->name}}));
    return d.done(told == 0 ? "no contact of the vendor serves this priority; call them"
                            : "the vendor is asked");
}

namespace {

// Not by Draft::tell(): who reported it is not one of those who were asked.
bool tell_one(Draft& d, const Reporter& reporter, MessageKind kind) {
    const Priority priority = d.in().priority;
    std::vector<Tell> ways;
    if (!reporter.channel.empty()) {
        ways.push_back({reporter.name, reporter.channel, reporter.address, d.now()});
    } else if (const Person* person = d.context().oncall.person(reporter.name)) {
        ways = contacts_of({person}, priority, d.now());
    }
    for (const Tell& way : ways) {
        d.decision().effects.emplace_back(
            Notify{way.person, way.channel, way.address, kind, priority, 0, way.not_before});
    }
    return !ways.empty();
}

}  // namespace

bool tell_reporter(Draft& d, MessageKind kind) {
    const Facts& facts = d.in().facts;
    bool told = facts.reporter && tell_one(d, *facts.reporter, kind);
    for (const Reporter& reporter : facts.more_reporters) told |= tell_one(d, reporter, kind);
    return told;
}

}  // namespace tocsin::bridge
