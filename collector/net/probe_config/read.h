// Pieces of the section that several kinds of probe read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text/yaml.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

// A text or a list of texts.
Texts read_texts(text::MapReader& reader, std::string_view key);
Texts read_regexes(text::MapReader& reader, std::string_view key);
void check_regex(text::MapReader& reader, std::string_view key, const std::string& expression);
void read_switch(text::MapReader& reader, std::string_view key, Switch& into);
void read_text(text::MapReader& reader, std::string_view key, std::string& into);
TlsConfig read_tls(text::MapReader& reader, Diagnostics& diagnostics);

// "host", "host:53", "[::1]:53", "::1".
struct HostAndPort {
    std::string host;
    std::optional<std::uint16_t> port;
};
std::optional<HostAndPort> split_host_port(std::string_view text);

HttpConfig read_http(text::MapReader& reader, Diagnostics& diagnostics);
TcpConfig read_tcp(text::MapReader& reader, Diagnostics& diagnostics);
IcmpConfig read_icmp(text::MapReader& reader);
DnsConfig read_dns(text::MapReader& reader, Diagnostics& diagnostics);
NtpConfig read_ntp(text::MapReader& reader);

}  // namespace tocsin::collector::probe
