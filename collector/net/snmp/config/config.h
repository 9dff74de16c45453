// The section `snmp` of agent.yml: devices that answer SNMP.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/api/target.h"

namespace tocsin::collector {

enum class SnmpVersion { k2c, k3 };
enum class SnmpLevel { kNoAuthNoPriv, kAuthNoPriv, kAuthPriv };

// Who asks. Secrets stay in their files until a session needs them.
struct SnmpCredential {
    SnmpVersion version = SnmpVersion::k2c;
    std::string community = "public";  // where there is no file
    std::string community_file;
    std::string user;
    SnmpLevel level = SnmpLevel::kNoAuthNoPriv;
    std::string auth_protocol = "SHA";  // one of snmp_auth_protocols()
    std::string auth_password_file;
    std::string priv_protocol = "AES";  // one of snmp_priv_protocols()
    std::string priv_password_file;
    std::string context;
};

// Host and port of "10.0.0.1", "switch.example:1161", "[2001:db8::1]:161", "2001:db8::1".
struct SnmpPeer {
    std::string host;
    std::uint16_t port = 161;
};
std::optional<SnmpPeer> parse_snmp_peer(std::string_view text, std::uint16_t default_port = 161);

struct SnmpConfig final : TargetConfig {
    SnmpPeer peer;
    SnmpCredential credential;
    std::vector<std::string> modules;
    std::vector<Position> module_positions;  // of each, where it is written; none: the default
    std::vector<std::string> module_files;
    Duration request_timeout{2s};
    int retries = 3;  // of one request
    int max_repetitions = 25;
    bool keep_indexes = false;
};

std::span<const std::string_view> snmp_auth_protocols();
std::span<const std::string_view> snmp_priv_protocols();
// The modules that the agent brings with it.
std::span<const std::string_view> snmp_shipped_modules();

std::vector<SettingSpec> snmp_settings();
TargetConfigs read_snmp(const text::YamlNode& section, Diagnostics& diagnostics);

// `user`, `level`, `auth` and `priv`, as devices and receivers of traps have them.
void read_snmp_user(text::MapReader& reader, SnmpCredential& into, Diagnostics& diagnostics);

}  // namespace tocsin::collector
