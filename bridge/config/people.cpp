// people, teams, policies, channels.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

// `for: all`, or a list of priorities; all when absent.
std::vector<Priority> read_for(MapReader& r, Diagnostics& d) {
    const YamlNode node = r.node("for");
    std::vector<Priority> all(kPriorities.begin(), kPriorities.end());
    if (!node || node.scalar() == "all") return all;
    if (node.kind() != text::YamlKind::kSequence || node.items().empty()) {
        r.error("for", "must be all, or a list like [P1, P2]");
        return all;
    }
    std::vector<Priority> some;
    for (const YamlNode& item : node.items()) {
        const auto priority = parse_priority(item.scalar());
        if (priority) {
            some.push_back(*priority);
        } else {
            d.error(
                item.position(),
                fmt::format("\"{}\" is no priority; they are P1, P2, P3 and P4", item.scalar()));
        }
    }
    return some;
}

void read_contacts(MapReader& r, Diagnostics& d, Reading& out, Person& person) {
    for (const YamlNode& item : items_of(r, "contacts")) {
        MapReader contact(item, "a contact", d);
        Contact read;
        contact.require("channel");
        if (auto channel = contact.string("channel")) {
            out.names.refer(Names::Kind::kChannel, *channel,
                            {d.file(), contact.position_of("channel")});
            read.channel = *channel;
        }
        PendingContact pending;
        pending.person = out.config.oncall.people.size();
        pending.contact = person.contacts.size();
        pending.address = contact.string("address").value_or("");
        pending.url = contact.string("url").value_or("");
        pending.where = {d.file(), item.position()};
        read.priorities = read_for(contact, d);
        read.after = contact.duration("after").value_or(Duration{0});
        contact.finish();
        out.contacts.push_back(std::move(pending));
        person.contacts.push_back(std::move(read));
    }
}

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

EmailChannel read_email(MapReader& r) {
    EmailChannel mail;
    r.require("server");
    mail.server = r.string("server").value_or("");
    if (!mail.server.empty() && !is_host_port(mail.server)) {
        r.error("server", "must be host:port, like smtp.example.com:587");
    }
    static constexpr std::array<std::string_view, 3> kSecurity = {"starttls", "tls", "none"};
    const std::string security = r.choice("security", kSecurity).value_or("starttls");
    mail.security = security == "tls"    ? MailSecurity::kTls
                    : security == "none" ? MailSecurity::kNone
                                         : MailSecurity::kStartTls;
    mail.ca_file = r.string("ca_file").value_or("");
    r.require("from");
    mail.from = r.string("from").value_or("");
    if (!mail.from.empty() && !is_address(mail.from)) {
        r.error("from", "must be an address like tocsin@example.com");
    }
    mail.user = r.string("user").value_or("");
    mail.password_file = r.string("password_file").value_or("");
    if (mail.user.empty() != mail.password_file.empty()) {
        r.error(
            mail.user.empty() ? "password_file" : "user",
            mail.user.empty() ? "needs \"user\" beside it" : "needs \"password_file\" beside it");
    }
    if (mail.security == MailSecurity::kNone && !mail.user.empty() && !is_loopback(mail.server)) {
        r.error("security", "\"none\" would send the password in the clear");
    }
    return mail;
}

WebhookChannel read_webhook(MapReader& r) {
    WebhookChannel hook;
    r.require("url");
    hook.url = r.string("url").value_or("");
    if (!hook.url.empty() && !is_http_url(hook.url)) {
        r.error("url", "must start with http:// or https://");
    }
    hook.secret_file = r.string("secret_file").value_or("");
    hook.ca_file = r.string("ca_file").value_or("");
    return hook;
}

}  // namespace

void read_people(MapReader& r, Diagnostics& d, Reading& out) {
    static constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh-CN"};
    for (const YamlNode& item : items_of(r, "people")) {
        MapReader person(item, "a person", d);
        Person read;
        read.name = name_of(person, Names::Kind::kPerson, d, out);
        read.display = person.string("display").value_or(read.name);
        read.language = person.choice("language", kLanguages).value_or("");
        read_contacts(person, d, out, read);
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
        policy.require("response");
        read_steps(policy, d, out, read);
        policy.finish();
        out.config.oncall.policies.push_back(std::move(read));
    }
}

void read_channels(MapReader& r, Diagnostics& d, Reading& out) {
    static constexpr std::array<std::string_view, 2> kTypes = {"email", "webhook"};
    for (const YamlNode& item : items_of(r, "channels")) {
        MapReader channel(item, "a channel", d);
        Channel read;
        read.name = name_of(channel, Names::Kind::kChannel, d, out);
        channel.require("type");
        const auto type = channel.choice("type", kTypes);
        if (!type) continue;  // which keys it knows depends on it
        if (*type == "email") {
            read.settings = read_email(channel);
        } else {
            read.settings = read_webhook(channel);
        }
        channel.finish();
        out.config.channels.push_back(std::move(read));
    }
}

void settle_contacts(Reading& out, Diagnostics& d) {
    for (const PendingContact& pending : out.contacts) {
        Contact& contact = out.config.oncall.people[pending.person].contacts[pending.contact];
        const Channel* channel = out.config.channel(contact.channel);
        if (channel == nullptr) continue;  // said already
        const auto error = [&](std::string message) {
            d.add({DiagnosticLevel::kError, pending.where.file, pending.where.at,
                   std::move(message)});
        };
        if (const auto* hook = std::get_if<WebhookChannel>(&channel->settings)) {
            contact.address = pending.url.empty() ? hook->url : pending.url;
            if (!pending.address.empty()) error("a contact of a webhook has no \"address\"");
            if (!is_http_url(contact.address)) error("\"url\" must start with http:// or https://");
            continue;
        }
        contact.address = pending.address;
        if (!pending.url.empty()) error("a contact by e-mail has no \"url\"");
        if (pending.address.empty()) {
            error("a contact by e-mail needs the key \"address\"");
        } else if (!is_address(pending.address)) {
            error(fmt::format("\"{}\" is no e-mail address", pending.address));
        }
    }
}

}  // namespace tocsin::bridge
