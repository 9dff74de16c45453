// The section `probe` of agent.yml: servers asked from outside, as their users see them. One
// ProbeConfig is one target; an entry with a list of targets gives several.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/units.h"
#include "collector/api/target.h"

namespace tocsin::collector {
namespace probe {

enum class IpProtocol { kIp4, kIp6 };
enum class TlsVersion { kAny, kTls10, kTls11, kTls12, kTls13 };
enum class Switch { kOff, kOn };

struct TlsConfig {
    std::string ca_file;  // "": the system's authorities
    std::string cert_file;
    std::string key_file;
    std::string server_name;  // "": the target's host
    Switch verify = Switch::kOn;
    TlsVersion min_version = TlsVersion::kTls12;
    TlsVersion max_version = TlsVersion::kAny;
};

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct HttpExpect {
    std::vector<int> status;  // none: any 2xx
    Texts versions;           // "1.1", "2"; none: any
    Texts body;               // expressions; each must be found
    Texts body_not;
    Pairs headers;  // name and expression; one of the header's values must match
    Pairs headers_not;
};

struct HttpConfig {
    std::string url;
    std::string method = "GET";
    Pairs headers;
    std::string body;
    HttpExpect expect;
    Switch follow_redirects = Switch::kOn;
    Switch http2 = Switch::kOn;
    Switch fail_if_ssl = Switch::kOff;
    Switch fail_if_not_ssl = Switch::kOff;
    std::string compression;  // "": none is asked for
    Bytes body_limit{std::uint64_t{10} * 1024 * 1024};
    TlsConfig tls;
    std::string proxy;
    std::string proxy_username;
    std::string proxy_password_file;
    std::string username;
    std::string password_file;
    std::string bearer_token_file;
};

// One step of a conversation: wait for a line that matches, send one, go over to TLS.
struct ScriptStep {
    std::string expect;
    std::string send;  // ${1}, ${name}: what `expect` captured
    Switch starttls = Switch::kOff;
    Pairs labels;  // of probe_expect_info, expanded likewise
};

struct TcpConfig {
    std::uint16_t port = 0;
    Switch tls_at_once = Switch::kOff;
    TlsConfig tls;
    std::vector<ScriptStep> script;
};

struct IcmpConfig {
    std::size_t payload_size = 28;
    Switch dont_fragment = Switch::kOff;
    int ttl = 0;  // 0: the system's
};

// Which records of one section of the answer are right; expressions over a record's text as a zone
// file has it. Wrong is: a record that matches any of them; records that all match all of them; a
// record that does not match every one; no record that matches any.
struct DnsValidation {
    Texts fail_if_matches;
    Texts fail_if_all_match;
    Texts fail_if_not_matches;
    Texts fail_if_none_matches;
};

struct DnsConfig {
    std::uint16_t port = 53;
    std::string name;
    std::uint16_t type = 1;
    std::uint16_t query_class = 1;
    Switch over_tcp = Switch::kOff;
    Switch over_tls = Switch::kOff;
    Switch recursion_desired = Switch::kOn;
    TlsConfig tls;
    std::vector<int> valid_rcodes{0};
    DnsValidation answer;
    DnsValidation authority;
    DnsValidation additional;
};

struct NtpConfig {
    std::uint16_t port = 123;
    Duration offset_tolerance{1ms};  // node_ntp_sanity 1 within it
};

using Kind = std::variant<HttpConfig, TcpConfig, IcmpConfig, DnsConfig, NtpConfig>;

}  // namespace probe

struct ProbeConfig final : TargetConfig {
    std::string host;  // what is connected to: the target's, or its proxy's
    probe::IpProtocol preferred = probe::IpProtocol::kIp6;
    probe::Switch fallback = probe::Switch::kOn;
    // When a probe counts as failed. The runner's own deadline comes later: a server that does not
    // answer is an answer (probe_success 0), not a target that could not be collected.
    Duration limit{10s};
    probe::Kind kind;
};

TargetConfigs read_probe(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
