// channels: what every type has of its own and in common, and the contacts that use them.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/channel_types.h"
#include "bridge/config/message_template.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

const ChannelType* type_named(std::string_view name) {
    for (const ChannelType& type : channel_types()) {
        if (type.name == name) return &type;
    }
    return nullptr;
}

// "20/1m".
std::optional<Rate> parse_rate(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto most = parse_int(trim(text.substr(0, slash)));
    const auto window = parse_duration(trim(text.substr(slash + 1)));
    if (!most || *most < 1 || *most > 1'000'000 || !window) return std::nullopt;
    if (window.value() < 1s || window.value() > 24h) return std::nullopt;
    return Rate{static_cast<int>(*most), window.value()};
}

// At most so many of the messages that `rate` lets through fall into any window of this length.
std::int64_t most_within(const Rate& rate, Duration window) {
    const auto windows = (window + rate.window - Duration{1}) / rate.window;
    return static_cast<std::int64_t>(rate.most) * windows;
}

// What the vendor lets through is the default; who writes more is shut out by the vendor just when
// most happens.
void warn_of_vendor(const YamlNode& node, const ChannelType& type, const std::vector<Rate>& rates,
                    Diagnostics& d) {
    for (const Rate& vendor : type.rates) {
        std::optional<std::int64_t> most;
        for (const Rate& own : rates) {
            const std::int64_t within = most_within(own, vendor.window);
            most = std::min(most.value_or(within), within);
        }
        if (most && *most <= vendor.most) continue;
        const std::string lets = most ? fmt::to_string(*most) : "any number";
        d.warning(
            node.position(),
            fmt::format("\"rate\": {} takes {} messages in {} and refuses the rest; this lets "
                        "{} through. Leave \"rate\" out for the vendor's own limits",
                        type.name, vendor.most, format_duration(vendor.window), lets));
    }
}

void read_rates(MapReader& r, Diagnostics& d, const ChannelType& type, Channel& channel) {
    const YamlNode node = r.node("rate");
    if (!node || node.kind() == YamlKind::kNull) return;
    std::vector<Rate>& rates = channel.rates;
    rates.clear();
    if (node.scalar() == "unlimited") {
        channel.per_contact.clear();
        warn_of_vendor(node, type, rates, d);
        return;
    }
    std::vector<YamlNode> all = {node};
    if (node.kind() == YamlKind::kSequence) all = node.items();
    for (const YamlNode& item : all) {
        if (const auto rate = parse_rate(item.scalar())) {
            rates.push_back(*rate);
        } else {
            d.error(item.position(),
                    "\"rate\" must be a count in a time from 1s to 1d, like 20/1m, a list of "
                    "them, or unlimited");
        }
    }
    if (!rates.empty()) warn_of_vendor(node, type, rates, d);
}

void read_template(MapReader& r, std::string_view key, std::string& to) {
    const auto text = r.string(key);
    if (!text) return;
    const std::string problem = template_problem(*text);
    if (!problem.empty()) r.error(key, "no template for messages: " + problem);
    to = *text;
}

void read_templates(MapReader& r, Diagnostics& d, MessageTemplates& to) {
    MapReader templates(r.node("templates"), "\"templates\"", d);
    read_template(templates, "subject", to.subject);
    read_template(templates, "brief", to.brief);
    read_template(templates, "text", to.text);
    templates.finish();
}

// What a contact gives for a channel of another type.
struct Given {
    std::string_view key;
    std::string PendingContact::*value;
};
constexpr std::array kGiven = {Given{"address", &PendingContact::address},
                               Given{"url", &PendingContact::url}, Given{"at", &PendingContact::at},
                               Given{"number", &PendingContact::number}};

// The contact's address, or what is wrong with it.
Result<std::string> address_of(const PendingContact& pending, const Channel& channel,
                               const ChannelType& type) {
    const auto wrong = [](std::string message) {
        return Error(ErrorCode::kInvalid, std::move(message));
    };
    std::string address;
    for (const Given& given : kGiven) {
        const std::string& value = pending.*given.value;
        if (given.key == type.contact_key) {
            address = value;
        } else if (!value.empty()) {
            return wrong(fmt::format("{} has no \"{}\"", type.contact, given.key));
        }
    }
    if (address.empty()) address = type.default_address(channel.settings);
    if (address.empty() && type.contact_required) {
        return wrong(fmt::format("{} needs the key \"{}\"", type.contact, type.contact_key));
    }
    const std::string problem = address.empty() ? "" : type.address_problem(address);
    if (!problem.empty()) return wrong(problem);
    return address;
}

}  // namespace

void read_channels(MapReader& r, Diagnostics& d, Reading& out) {
    std::vector<std::string_view> names;
    for (const ChannelType& type : channel_types()) names.push_back(type.name);
    for (const YamlNode& item : items_of(r, "channels")) {
        MapReader channel(item, "a channel", d);
        Channel read;
        read.name = name_of(channel, Names::Kind::kChannel, d, out);
        channel.require("type");
        const auto name = channel.choice("type", names);
        if (!name) continue;  // which keys it knows depends on it
        const ChannelType& type = *type_named(*name);
        read.settings = type.read(channel, d);
        read.readership = type.readership;
        read.rates.assign(type.rates.begin(), type.rates.end());
        read.per_contact.assign(type.per_contact.begin(), type.per_contact.end());
        read_rates(channel, d, type, read);
        read_templates(channel, d, read.templates);
        channel.finish();
        out.config.channels.push_back(std::move(read));
    }
}

// A ticket system is a channel that no contact names; the outbox drives both alike.
void read_tickets(MapReader& r, Diagnostics& d, Reading& out) {
    constexpr std::array<std::string_view, 1> kTypes{"webhook"};
    for (const YamlNode& item : items_of(r, "tickets")) {
        MapReader ticket(item, "a ticket system", d);
        Channel read;
        read.name = name_of(ticket, Names::Kind::kTicket, d, out);
        ticket.require("type");
        const auto name = ticket.choice("type", kTypes);
        if (!name) continue;
        if (out.config.channel(read.name) != nullptr) {
            ticket.error("name", "a channel has the name \"" + read.name + "\" already");
        }
        read.settings = type_named(*name)->read(ticket, d);
        ticket.finish();
        out.config.channels.push_back(std::move(read));
    }
}

void settle_contacts(Reading& out, Diagnostics& d) {
    for (const PendingContact& pending : out.contacts) {
        Oncall& oncall = out.config.oncall;
        std::vector<Person>& of = pending.vendor ? oncall.vendors : oncall.people;
        Contact& contact = of[pending.person].contacts[pending.contact];
        const Channel* channel = out.config.channel(contact.channel);
        if (channel == nullptr) continue;  // said already
        const ChannelType& type = channel_types()[channel->settings.index()];
        Result<std::string> address = address_of(pending, *channel, type);
        contact.readership = channel->readership;
        if (address) {
            contact.address = std::move(address).value();
            continue;
        }
        d.add({DiagnosticLevel::kError, pending.where.file, pending.where.at,
               address.error().message});
    }
}

std::string contact_problem(const Channel& channel, std::string_view address) {
    if (channel.readership != Readership::kPerson) {
        return "the channel " + channel.name + " is nobody's own";
    }
    return channel_types()[channel.settings.index()].address_problem(address);
}

void read_links(MapReader& r, Diagnostics& d, Reading& out) {
    MapReader links(r.node("links"), "\"links\"", d);
    if (const auto expire = links.duration("expire")) {
        if (*expire < 1min || *expire > 30 * 24h) {
            links.error("expire", "must be from 1m to 30d");
        } else {
            out.config.links.expire = *expire;
        }
    }
    out.config.links.key_file = links.string("key_file").value_or("");
    links.finish();
}

}  // namespace tocsin::bridge
