// The scalars of the main file, the priority matrix, access and services.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

constexpr std::array<std::string_view, 3> kThree = {"low", "medium", "high"};

void read_duration(MapReader& r, std::string_view key, Duration least, Duration& to) {
    const auto value = r.duration(key);
    if (!value) return;
    if (*value < least) {
        r.error(key, fmt::format("must be at least {}", format_duration(least)));
        return;
    }
    to = *value;
}

void read_tls(MapReader& r, Diagnostics& d, BridgeConfig& config) {
    const YamlNode node = r.node("tls");
    if (!node) return;
    MapReader tls(node, "\"tls\"", d);
    tls.require("certificate_file");
    tls.require("key_file");
    config.tls =
        TlsFiles{tls.string("certificate_file").value_or(""), tls.string("key_file").value_or("")};
    tls.finish();
}

void read_log(MapReader& r, Diagnostics& d, LogSettings& settings) {
    MapReader log(r.node("log"), "\"log\"", d);
    settings.level = log.choice("level", kLogLevels).value_or(settings.level);
    settings.format = log.choice("format", kLogFormats).value_or(settings.format);
    log.finish();
}

void read_incidents(MapReader& r, Diagnostics& d, IncidentSettings& settings) {
    MapReader in(r.node("incidents"), "\"incidents\"", d);
    read_duration(in, "stable", Duration{0}, settings.stable);
    read_duration(in, "reopen", Duration{0}, settings.reopen);
    read_duration(in, "resolve_grace", 1s, settings.resolve_grace);
    read_duration(in, "close_after", 1s, settings.close_after);
    MapReader lapse(in.node("lapse"), "\"lapse\"", d);
    read_duration(lapse, "P1", 1s, settings.lapse_p1);
    read_duration(lapse, "P2", 1s, settings.lapse_p2);
    lapse.finish();
    MapReader expires(in.node("acknowledge_for"), "\"acknowledge_for\"", d);
    for (const Priority priority : kPriorities) {
        Duration time{0};
        read_duration(expires, to_string(priority), 1min, time);
        if (time > Duration{0}) settings.acknowledge_for[priority] = time;
    }
    expires.finish();
    read_people_settings(in, d, settings);
    in.finish();
}

void read_hosts(MapReader& r, Diagnostics& d, LivenessSettings& settings) {
    MapReader hosts(r.node("hosts"), "\"hosts\"", d);
    read_duration(hosts, "heartbeat", 1s, settings.heartbeat);
    read_duration(hosts, "deadline", 1s, settings.deadline);
    read_duration(hosts, "goodbye_grace", Duration{0}, settings.goodbye_grace);
    read_duration(hosts, "restart_hold", Duration{0}, settings.restart_hold);
    read_duration(hosts, "join", Duration{0}, settings.join);
    if (settings.heartbeat > kMostHeartbeat) {
        hosts.error("heartbeat",
                    fmt::format("must be at most {}", format_duration(kMostHeartbeat)));
    }
    if (settings.deadline < kLeastMissed * settings.heartbeat) {
        hosts.error("deadline", fmt::format("must be at least twice the heartbeat, {}",
                                            format_duration(settings.heartbeat)));
    }
    hosts.finish();
}

bool is_zone_name(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    });
    return plain && !text.empty() && text.front() != '/' && text.back() != '/';
}

template <class E>
std::optional<E> of_three(std::string_view word) {
    for (std::size_t i = 0; i < kThree.size(); ++i) {
        if (kThree[i] == word) return static_cast<E>(i);
    }
    return std::nullopt;
}

// A map of names to low, medium or high.
template <class E>
void read_three(MapReader& r, std::string_view key, Diagnostics& d,
                std::map<std::string, E, std::less<>>& to) {
    const YamlNode node = r.node(key);
    if (!node) return;
    MapReader map(node, fmt::format("\"{}\"", key), d);
    if (node.kind() != text::YamlKind::kMap) return;
    for (const auto& [name, value] : node.entries()) {
        const auto word = map.choice(name, kThree);
        const auto one = word ? of_three<E>(*word) : std::nullopt;
        if (one) to[name] = *one;
    }
}

void read_matrix(MapReader& r, Diagnostics& d, PriorityRules& rules) {
    MapReader matrix(r.node("matrix"), "\"matrix\"", d);
    for (const std::string_view row : kThree) {
        const auto items = items_of(matrix, row);
        if (items.empty()) continue;
        if (items.size() != 3) {
            matrix.error(row, "must be three priorities, across urgency high, medium, low");
            continue;
        }
        auto& cells = rules.matrix.at(static_cast<std::size_t>(*of_three<Impact>(row)));
        for (std::size_t i = 0; i < 3; ++i) {
            const auto priority = parse_priority(items[i].scalar());
            if (priority) {
                cells.at(2 - i) = *priority;
            } else {
                d.error(items[i].position(),
                        fmt::format("\"{}\" is no priority; they are P1, P2, P3 and P4",
                                    items[i].scalar()));
            }
        }
    }
    matrix.finish();
}

void read_severities(MapReader& r, Reading& out) {
    if (!r.node("severities")) return;
    PriorityRules& rules = out.config.priorities;
    rules.severities = r.strings("severities");
    for (std::size_t i = 0; i < rules.severities.size(); ++i) {
        const auto& name = rules.severities[i];
        const auto first = std::find(rules.severities.begin(), rules.severities.end(), name);
        if (name.empty() || static_cast<std::size_t>(first - rules.severities.begin()) != i) {
            r.error("severities", fmt::format("\"{}\" is empty or there twice", name));
        }
    }
    // The default urgencies of names that are none of this bridge's mean nothing.
    std::erase_if(rules.urgency, [&](const auto& entry) {
        return std::find(rules.severities.begin(), rules.severities.end(), entry.first) ==
               rules.severities.end();
    });
}

}  // namespace

std::string store_problem(std::string_view url) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) return "";
    return "must be sqlite:FILE, like sqlite:/var/lib/tocsin/bridge.db";
}

std::string url_by_listen(const BridgeConfig& config, std::string_view host_name) {
    const std::string_view listen = config.listen;
    const bool named = is_wildcard(listen) && !host_name.empty();
    return fmt::format("{}://{}{}", config.tls ? "https" : "http",
                       named ? host_name : listen.substr(0, listen.rfind(':')),
                       listen.substr(std::min(listen.rfind(':'), listen.size())));
}

void read_settings(MapReader& r, Diagnostics& d, Reading& out) {
    BridgeConfig& config = out.config;
    if (auto listen = r.string("listen")) {
        if (is_host_port(*listen)) {
            config.listen = *listen;
        } else {
            r.error("listen", "must be host:port, like 127.0.0.1:9840 or [::1]:9840");
        }
    }
    read_tls(r, d, config);
    if (auto store = r.string("store")) {
        const std::string problem = store_problem(*store);
        if (!problem.empty()) r.error("store", problem);
        config.store = *store;
    }
    if (auto url = r.string("url")) {
        if (!is_http_url(*url)) r.error("url", "must start with http:// or https://");
        while (url->ends_with('/')) url->pop_back();
        config.url = *url;
    } else {
        config.url = url_by_listen(config, "");
        if (is_wildcard(config.listen)) {
            d.warning(r.position_of("listen"),
                      fmt::format("links in messages start with {}, by this machine's own name; "
                                  "set \"url\"",
                                  url_by_listen(config, "<host>")));
        }
    }
    static constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh-CN"};
    config.language = r.choice("language", kLanguages).value_or(config.language);
    if (auto zone = r.string("timezone")) {
        if (!is_zone_name(*zone)) {
            r.error("timezone", "must be a zone's name, like Asia/Shanghai or UTC");
        } else if (!Zone::named(*zone)) {
            r.error("timezone", fmt::format("no time zone is named \"{}\"; write one like "
                                            "Asia/Shanghai or UTC",
                                            *zone));
        }
        config.timezone = *zone;
    }
    read_log(r, d, config.log);
    read_incidents(r, d, config.incidents);
    read_hosts(r, d, config.hosts);
    if (!r.node("catch_all")) config.oncall.catch_all_is = Oncall::CatchAll::kByDefault;
    config.places["catch_all"] = {d.file(), r.position_of("catch_all")};
    for (const auto& [target, at] : targets_of(r, "catch_all", d)) {
        config.oncall.catch_all.push_back(target);
        out.names.refer(target, {d.file(), at});
    }
    if (!is_loopback(config.listen) && !config.tls) {
        d.warning(r.position_of("listen"),
                  "tokens and incidents leave this host in the clear; set \"tls\"");
    }
}

void read_priority(MapReader& r, Diagnostics& d, Reading& out) {
    PriorityRules& rules = out.config.priorities;
    read_severities(r, out);
    MapReader priority(r.node("priority"), "\"priority\"", d);
    MapReader impact(priority.node("impact"), "\"impact\"", d);
    read_three(impact, "tier", d, rules.tiers);
    impact.finish();
    const YamlNode urgency = priority.node("urgency");
    read_three(priority, "urgency", d, rules.urgency);
    read_matrix(priority, d, rules);
    priority.finish();
    if (!urgency || urgency.kind() != text::YamlKind::kMap) return;
    const std::vector<std::string_view> known(rules.severities.begin(), rules.severities.end());
    for (const auto& [name, value] : urgency.entries()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const std::string_view near = nearest(name, known);
        d.error(urgency.key_node(name).position(),
                fmt::format("\"{}\" is none of the severities{}", name,
                            near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
}

void read_access(MapReader& r, Diagnostics& d, Reading& out) {
    static constexpr std::array<std::string_view, 5> kRoles = {"agent", "viewer", "responder",
                                                               "admin", "reporter"};
    MapReader access(r.node("access"), "\"access\"", d);
    if (access.boolean("insecure_loopback").value_or(false)) {
        out.config.loopback = LoopbackWithoutToken::kAdmit;
    }
    for (const YamlNode& item : items_of(access, "tokens")) {
        MapReader token(item, "a token", d);
        AccessToken read;
        read.name = name_of(token, Names::Kind::kToken, d, out);
        if (read.name == kSystem || read.name == kSourceBridge) {
            token.error("name", "\"" + read.name + "\" is the bridge's own name in the timeline");
        }
        token.require("token_file");
        read.token_file = token.string("token_file").value_or("");
        token.require("role");
        const auto role = token.choice("role", kRoles);
        for (const Role one :
             {Role::kAgent, Role::kViewer, Role::kResponder, Role::kAdmin, Role::kReporter}) {
            if (role && to_string(one) == *role) read.role = one;
        }
        if (const auto expire = token.duration("expire_unknown")) {
            out.config.incidents.expire_unknown[read.name] = *expire;
        }
        token.finish();
        out.config.tokens.push_back(std::move(read));
    }
    access.finish();
}

void read_services(MapReader& r, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "services")) {
        MapReader service(item, "a service", d);
        Service read;
        read.name = name_of(service, Names::Kind::kService, d, out);
        read.tier = service.string("tier").value_or("");
        if (auto owner = service.string("owner")) {
            out.names.refer(Names::Kind::kTeam, *owner, {d.file(), service.position_of("owner")});
            read.owner = *owner;
        }
        service.require("match");
        read.match = matchers_of(service, "match", d);
        read.sla = sla_of(service, d, out);
        service.finish();
        out.config.priorities.services.push_back(std::move(read));
    }
}

std::string_view to_string(Role role) {
    switch (role) {
        case Role::kAgent:
            return "agent";
        case Role::kViewer:
            return "viewer";
        case Role::kResponder:
            return "responder";
        case Role::kAdmin:
            return "admin";
        case Role::kReporter:
            return "reporter";
    }
    return "";
}

}  // namespace tocsin::bridge
