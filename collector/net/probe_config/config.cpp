#include "collector/net/probe_config/config.h"

#include <algorithm>
#include <array>

#include "base/net/http.h"
#include "collector/net/probe_config/read.h"

namespace tocsin::collector {
namespace {

using namespace probe;

constexpr Duration kEvery{30s};
constexpr Duration kTimeout{10s};
constexpr Duration kMargin{500ms};
constexpr std::array<std::string_view, 5> kKinds{"http", "tcp", "icmp", "dns", "ntp"};
constexpr std::array<std::string_view, 2> kProtocols{"ip4", "ip6"};

// One `target` (its name differs by kind) or the list `targets`.
Texts read_target_names(text::MapReader& reader, std::string_view key) {
    const auto one = reader.string(key);
    Texts names = reader.strings("targets");
    if (one && reader.node("targets")) {
        reader.error("targets", "stands beside \"" + std::string(key) + "\"; give one of them");
    }
    if (one) names.insert(names.begin(), *one);
    if (names.empty()) {
        reader.error(key, "is missing; a probe needs it, or a list \"targets\"");
    }
    return names;
}

void place_url(text::MapReader& reader, std::string_view key, ProbeConfig& target) {
    auto& http = std::get<HttpConfig>(target.kind);
    http.url = target.instance;
    // As people write targets of the blackbox exporter.
    if (http.url.find("://") == std::string::npos) http.url.insert(0, "http://");
    const auto url = net::parse_url(http.url);
    if (!url) return reader.error(key, url.error().message);
    target.host = url.value().host;
    if (http.proxy.empty()) return;
    if (const auto proxy = net::parse_url(http.proxy)) target.host = proxy.value().host;
}

void place_host(text::MapReader& reader, std::string_view key, ProbeConfig& target) {
    const auto at = split_host_port(target.instance);
    if (!at) {
        return reader.error(key, "\"" + target.instance + "\" is no host with an optional port");
    }
    target.host = at->host;
    const auto set = [&](std::uint16_t& port) { port = at->port.value_or(port); };
    if (auto* tcp = std::get_if<TcpConfig>(&target.kind)) {
        set(tcp->port);
        if (!at->port) reader.error(key, "\"" + target.instance + "\" needs a port");
    } else if (auto* dns = std::get_if<DnsConfig>(&target.kind)) {
        set(dns->port);
    } else if (auto* ntp = std::get_if<NtpConfig>(&target.kind)) {
        set(ntp->port);
    } else if (at->port) {
        reader.error(key, "\"" + target.instance + "\": a ping has no port");
    }
}

Kind read_kind(std::string_view kind, text::MapReader& reader, Diagnostics& diagnostics) {
    if (kind == "http") return read_http(reader, diagnostics);
    if (kind == "tcp") return read_tcp(reader, diagnostics);
    if (kind == "icmp") return read_icmp(reader);
    if (kind == "dns") return read_dns(reader, diagnostics);
    return read_ntp(reader);
}

std::string_view target_key(std::string_view kind) {
    if (kind == "http") return "url";
    return kind == "dns" || kind == "ntp" ? "server" : "target";
}

// What all targets of an entry share.
ProbeConfig read_common(text::MapReader& reader) {
    ProbeConfig common;
    common.every = kEvery;
    common.timeout = kTimeout;
    read_target(reader, common, "probe");
    const Duration room = common.every - std::min(kMargin, common.every / 10);
    common.limit = std::min(common.timeout, room);
    common.timeout = common.every;
    if (reader.choice("preferred_ip_protocol", kProtocols) == "ip4") {
        common.preferred = IpProtocol::kIp4;
    }
    read_switch(reader, "ip_protocol_fallback", common.fallback);
    return common;
}

void read_entry(const text::YamlNode& node, Diagnostics& diagnostics, TargetConfigs& out) {
    text::MapReader reader(node, "a probe", diagnostics);
    const ProbeConfig common = read_common(reader);
    std::string_view kind;
    for (const std::string_view name : kKinds) {
        if (!reader.node(name)) continue;
        if (!kind.empty()) {
            reader.error(name, "stands beside \"" + std::string(kind) +
                                   "\"; a probe is of one kind, make two of it");
        }
        kind = name;
    }
    reader.finish();
    const bool is_map = node.kind() == text::YamlKind::kMap || node.kind() == text::YamlKind::kNull;
    if (kind.empty() && is_map) {
        return diagnostics.error(node.position(),
                                 "a probe needs one of http, tcp, icmp, dns and ntp");
    }
    if (kind.empty()) return;
    text::MapReader inner(reader.node(kind), kind, diagnostics);
    const std::string_view key = target_key(kind);
    const Texts names = read_target_names(inner, key);
    const std::string_view place = inner.node(key) ? key : "targets";
    const Kind probe = read_kind(kind, inner, diagnostics);
    inner.finish();
    for (const std::string& name : names) {
        auto target = std::make_shared<ProbeConfig>(common);
        target->instance = name;
        target->kind = probe;
        if (kind == "http") {
            place_url(inner, place, *target);
        } else {
            place_host(inner, place, *target);
        }
        out.push_back(std::move(target));
    }
}

}  // namespace

TargetConfigs read_probe(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"probe\" is a list of {job, http}, {job, icmp}, …");
        return out;
    }
    for (const text::YamlNode& node : section.items()) read_entry(node, diagnostics, out);
    return out;
}

}  // namespace tocsin::collector
