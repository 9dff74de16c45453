#include "collector/net/probe_config/read.h"

#include <array>
#include <charconv>

#include "collector/api/filter.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::array<std::pair<std::string_view, TlsVersion>, 4> kVersions{
    {{"TLS10", TlsVersion::kTls10},
     {"TLS11", TlsVersion::kTls11},
     {"TLS12", TlsVersion::kTls12},
     {"TLS13", TlsVersion::kTls13}}};

void read_version(text::MapReader& reader, std::string_view key, TlsVersion& into) {
    std::array<std::string_view, kVersions.size()> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kVersions[i].first;
    const auto chosen = reader.choice(key, names);
    for (const auto& [name, version] : kVersions) {
        if (chosen && *chosen == name) into = version;
    }
}

}  // namespace

Texts read_texts(text::MapReader& reader, std::string_view key) {
    if (reader.node(key).kind() == text::YamlKind::kSequence) return reader.strings(key);
    const auto one = reader.string(key);
    return one ? Texts{*one} : Texts{};
}

void check_regex(text::MapReader& reader, std::string_view key, const std::string& expression) {
    if (expression.empty()) return reader.error(key, "an empty expression matches everything");
    if (const auto compiled = Pattern::compile(expression); !compiled) {
        reader.error(key, compiled.error().message);
    }
}

Texts read_regexes(text::MapReader& reader, std::string_view key) {
    Texts expressions = read_texts(reader, key);
    for (const std::string& expression : expressions) check_regex(reader, key, expression);
    return expressions;
}

void read_switch(text::MapReader& reader, std::string_view key, Switch& into) {
    if (const auto set = reader.boolean(key)) into = *set ? Switch::kOn : Switch::kOff;
}

void read_text(text::MapReader& reader, std::string_view key, std::string& into) {
    if (auto text = reader.string(key)) into = std::move(*text);
}

TlsConfig read_tls(text::MapReader& outer, Diagnostics& diagnostics) {
    TlsConfig tls;
    text::MapReader reader(outer.node("tls"), "tls", diagnostics);
    read_text(reader, "ca_file", tls.ca_file);
    read_text(reader, "cert_file", tls.cert_file);
    read_text(reader, "key_file", tls.key_file);
    read_text(reader, "server_name", tls.server_name);
    if (reader.boolean("insecure_skip_verify").value_or(false)) tls.verify = Switch::kOff;
    read_version(reader, "min_version", tls.min_version);
    read_version(reader, "max_version", tls.max_version);
    if (tls.cert_file.empty() != tls.key_file.empty()) {
        reader.error(tls.cert_file.empty() ? "key_file" : "cert_file",
                     "needs both \"cert_file\" and \"key_file\"");
    }
    if (tls.max_version != TlsVersion::kAny && tls.max_version < tls.min_version) {
        reader.error("max_version", "is less than \"min_version\" (by default TLS12)");
    }
    reader.finish();
    return tls;
}

std::optional<HostAndPort> split_host_port(std::string_view text) {
    HostAndPort out;
    std::string_view rest;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        out.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const std::size_t colon = text.find(':');
        // More than one colon is an IPv6 address without brackets, which has no port.
        const bool address = colon != text.rfind(':');
        out.host = address ? text : text.substr(0, colon);
        rest = address || colon == std::string_view::npos ? "" : text.substr(colon);
    }
    if (out.host.empty() || out.host.find_first_of(" /\t\r\n") != std::string::npos) {
        return std::nullopt;
    }
    if (rest.empty()) return out;
    std::uint16_t port = 0;
    const char* end = rest.data() + rest.size();
    const auto [at, error] = std::from_chars(rest.data() + 1, end, port);
    if (rest.front() != ':' || error != std::errc{} || at != end || port == 0) return std::nullopt;
    out.port = port;
    return out;
}

}  // namespace tocsin::collector::probe
