// Values that several sections read alike.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

bool has_space_or_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

}  // namespace

std::vector<text::YamlNode> items_of(text::MapReader& r, std::string_view key) {
    const text::YamlNode node = r.node(key);
    if (!node || node.kind() == text::YamlKind::kNull) return {};
    if (node.kind() != text::YamlKind::kSequence) {
        r.error(key, "must be a list");
        return {};
    }
    return node.items();
}

std::vector<std::pair<Target, Position>> targets_of(text::MapReader& r, std::string_view key,
                                                    Diagnostics& d) {
    std::vector<std::pair<Target, Position>> targets;
    for (const text::YamlNode& item : items_of(r, key)) {
        const auto target = parse_target(item.scalar());
        if (target) {
            targets.emplace_back(*target, item.position());
        } else {
            d.error(item.position(),
                    fmt::format("\"{}\" is nobody to tell; write person:NAME, team:NAME, "
                                "lead:TEAM, manager:TEAM, vendor:NAME, rotation:NAME or "
                                "manager-of:PERSON",
                                item.scalar()));
        }
    }
    return targets;
}

Matchers matchers_of(text::MapReader& r, std::string_view key, Diagnostics& d) {
    Matchers matchers;
    for (const text::YamlNode& item : items_of(r, key)) {
        if (item.kind() != text::YamlKind::kScalar) {
            d.error(item.position(), "a matcher is a text like 'team=\"dba\"'");
            continue;
        }
        auto matcher = parse_matcher(item.scalar());
        if (matcher) {
            matchers.push_back(std::move(matcher).value());
        } else {
            d.error(item.position(), matcher.error().message);
        }
    }
    return matchers;
}

std::optional<Priority> priority_of(text::MapReader& r, std::string_view key) {
    static constexpr std::array<std::string_view, 4> kWords = {"P1", "P2", "P3", "P4"};
    const auto word = r.choice(key, kWords);
    return word ? parse_priority(*word) : std::nullopt;
}

std::vector<Priority> priorities_of(text::MapReader& r, std::string_view key, Diagnostics& d) {
    const text::YamlNode node = r.node(key);
    std::vector<Priority> all(kPriorities.begin(), kPriorities.end());
    if (!node || node.scalar() == "all") return all;
    if (node.kind() != text::YamlKind::kSequence || node.items().empty()) {
        r.error(key, "must be all, or a list like [P1, P2]");
        return all;
    }
    std::vector<Priority> some;
    for (const text::YamlNode& item : node.items()) {
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

Hours hours_of(text::MapReader& r, std::string_view key, const Diagnostics& d, Reading& out) {
    const auto name = r.string(key);
    if (!name) return nullptr;
    out.names.refer(Names::Kind::kCalendar, *name, {d.file(), r.position_of(key)});
    const Calendar* calendar = out.config.calendar(*name);
    if (calendar == nullptr || calendar->always) return nullptr;
    return std::make_shared<const Calendar>(*calendar);
}

std::string name_of(text::MapReader& r, Names::Kind kind, const Diagnostics& d, Reading& out) {
    r.require("name");
    const auto name = r.string("name");
    if (!name) return {};
    if (name->empty() || has_space_or_control(name->substr(0, 1)) ||
        has_space_or_control(name->substr(name->size() - 1)) || !is_valid_utf8(*name)) {
        r.error("name", "must be a text without spaces around it");
        return *name;
    }
    out.names.define(kind, *name, {d.file(), r.position_of("name")});
    return *name;
}

bool is_address(std::string_view text) {
    const auto at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           !has_space_or_control(text) && text.find_first_of("<>,;\"") == std::string_view::npos;
}

bool is_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto port = parse_uint(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    if (host.front() == '[') {
        if (host.back() != ']') return false;
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return false;  // an IPv6 address wants brackets
    }
    return !host.empty() && !has_space_or_control(host) && port && *port <= 65535;
}

bool is_http_url(std::string_view text) {
    const bool http = text.starts_with("http://") && text.size() > 7;
    const bool https = text.starts_with("https://") && text.size() > 8;
    return (http || https) && !has_space_or_control(text);
}

bool is_loopback(std::string_view host_port) {
    const std::string_view host = host_port.substr(0, host_port.rfind(':'));
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

bool is_wildcard(std::string_view host_port) {
    const std::string_view host = host_port.substr(0, host_port.rfind(':'));
    return host.empty() || host == "0.0.0.0" || host == "[::]";
}

}  // namespace tocsin::bridge
