// TCP, ICMP, DNS and NTP.
#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/core/strings.h"
#include "collector/net/probe_config/dns_names.h"
#include "collector/net/probe_config/read.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::array<std::string_view, 2> kTransports{"udp", "tcp"};

ScriptStep read_step(const text::YamlNode& node, Diagnostics& diagnostics) {
    ScriptStep step;
    text::MapReader reader(node, "a step of the script", diagnostics);
    read_text(reader, "expect", step.expect);
    if (reader.node("expect")) check_regex(reader, "expect", step.expect);
    read_text(reader, "send", step.send);
    read_switch(reader, "starttls", step.starttls);
    step.labels = reader.string_map("labels");
    if (!step.labels.empty() && step.expect.empty()) {
        reader.error("labels", "need an \"expect\" to take their values from");
    }
    for (const auto& label : step.labels) {
        if (label.first == "job" || label.first == "instance") {
            reader.error("labels", "\"" + label.first + "\" is the target's own label");
        }
    }
    if (step.expect.empty() && step.send.empty() && step.starttls == Switch::kOff) {
        diagnostics.error(node.position(), "a step needs \"expect\", \"send\" or \"starttls\"");
    }
    reader.finish();
    return step;
}

DnsValidation read_validation(text::MapReader& outer, std::string_view key,
                              Diagnostics& diagnostics) {
    DnsValidation out;
    text::MapReader reader(outer.node(key), key, diagnostics);
    out.fail_if_matches = read_regexes(reader, "fail_if_matches");
    out.fail_if_all_match = read_regexes(reader, "fail_if_all_match");
    out.fail_if_not_matches = read_regexes(reader, "fail_if_not_matches");
    out.fail_if_none_matches = read_regexes(reader, "fail_if_none_matches");
    reader.finish();
    return out;
}

// One of the names, or `prefix` and a number (RFC 3597, 5).
void read_number(text::MapReader& reader, std::string_view key, std::span<const DnsName> names,
                 std::string_view prefix, std::uint16_t& into) {
    const std::string_view written = reader.node(key).scalar();
    if (written.starts_with(prefix)) {
        const auto number = parse_uint(written.substr(prefix.size()));
        if (number && *number <= 65'535) {
            into = static_cast<std::uint16_t>(*number);
            return;
        }
    }
    std::vector<std::string_view> allowed;
    for (const DnsName& row : names) allowed.push_back(row.name);
    if (const auto name = reader.choice(key, allowed)) {
        into = dns_number(names, *name).value_or(into);
    }
}

// At most 255 bytes in labels of at most 63 (RFC 1035, 2.3.4).
bool is_domain_name(std::string_view name) {
    if (name == ".") return true;
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty() || name.size() > 253) return false;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        if (dot == 0 || dot > 63) return false;
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return true;
}

}  // namespace

TcpConfig read_tcp(text::MapReader& reader, Diagnostics& diagnostics) {
    TcpConfig tcp;
    const text::YamlNode tls = reader.node("tls");
    if (tls.kind() == text::YamlKind::kScalar) {
        read_switch(reader, "tls", tcp.tls_at_once);
    } else if (tls) {
        tcp.tls = read_tls(reader, diagnostics);
        tcp.tls_at_once = Switch::kOn;
    }
    const text::YamlNode script = reader.node("script");
    if (script && script.kind() != text::YamlKind::kSequence) {
        reader.error("script", "is a list of {expect, send, starttls}");
        return tcp;
    }
    if (!script) return tcp;
    for (const text::YamlNode& node : script.items()) {
        tcp.script.push_back(read_step(node, diagnostics));
        // Options of TLS beside a step that begins it are that step's.
        if (tcp.script.back().starttls == Switch::kOn) tcp.tls_at_once = Switch::kOff;
    }
    const auto upgrades =
        std::count_if(tcp.script.begin(), tcp.script.end(),
                      [](const ScriptStep& step) { return step.starttls == Switch::kOn; });
    if (upgrades > 1) reader.error("script", "goes over to TLS twice");
    return tcp;
}

IcmpConfig read_icmp(text::MapReader& reader) {
    IcmpConfig icmp;
    constexpr std::int64_t kMostPayload = 65'507 - 8;
    if (const auto size = reader.integer("payload_size", 0, kMostPayload)) {
        icmp.payload_size = static_cast<std::size_t>(*size);
    }
    read_switch(reader, "dont_fragment", icmp.dont_fragment);
    if (const auto ttl = reader.integer("ttl", 1, 255)) icmp.ttl = static_cast<int>(*ttl);
    return icmp;
}

DnsConfig read_dns(text::MapReader& reader, Diagnostics& diagnostics) {
    DnsConfig dns;
    reader.require("name");
    read_text(reader, "name", dns.name);
    if (!dns.name.empty() && !is_domain_name(dns.name)) reader.error("name", "is no domain's name");
    read_number(reader, "type", kDnsTypes, "TYPE", dns.type);
    read_number(reader, "class", kDnsClasses, "CLASS", dns.query_class);
    const auto transport = reader.choice("transport", kTransports);
    if (transport == "tcp") dns.over_tcp = Switch::kOn;
    if (reader.node("tls")) {
        if (transport == "udp") reader.error("transport", "is tcp where \"tls\" stands");
        dns.tls = read_tls(reader, diagnostics);
        dns.over_tcp = dns.over_tls = Switch::kOn;
        dns.port = 853;
    }
    read_switch(reader, "recursion_desired", dns.recursion_desired);
    const Texts rcodes = read_texts(reader, "valid_rcodes");
    if (!rcodes.empty()) dns.valid_rcodes.clear();
    for (const std::string& rcode : rcodes) {
        if (const auto number = dns_number(kDnsCodes, rcode)) {
            dns.valid_rcodes.push_back(*number);
        } else {
            reader.error("valid_rcodes", "\"" + rcode + "\" is no code of an answer (NOERROR, …)");
        }
    }
    text::MapReader validate(reader.node("validate"), "validate", diagnostics);
    dns.answer = read_validation(validate, "answer", diagnostics);
    dns.authority = read_validation(validate, "authority", diagnostics);
    dns.additional = read_validation(validate, "additional", diagnostics);
    validate.finish();
    return dns;
}

NtpConfig read_ntp(text::MapReader& reader) {
    NtpConfig ntp;
    if (const auto tolerance = reader.duration("offset_tolerance")) {
        ntp.offset_tolerance = *tolerance;
    }
    return ntp;
}

}  // namespace tocsin::collector::probe
