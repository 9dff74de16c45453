#include "collector/net/snmp/config/config.h"

#include <algorithm>
#include <array>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr Duration kEvery{1min};
constexpr Duration kTimeout{20s};
constexpr std::array<std::string_view, 6> kAuthProtocols{"MD5",     "SHA",     "SHA-224",
                                                         "SHA-256", "SHA-384", "SHA-512"};
// -C: keys lengthened as Cisco and others do it.
constexpr std::array<std::string_view, 6> kPrivProtocols{"DES",     "AES",       "AES-192",
                                                         "AES-256", "AES-192-C", "AES-256-C"};
constexpr std::array<std::string_view, 3> kLevels{"noAuthNoPriv", "authNoPriv", "authPriv"};
constexpr std::array<std::string_view, 2> kVersions{"2c", "3"};
constexpr std::array<std::string_view, 5> kShipped{"entity_sensor", "host_resources", "if_mib",
                                                   "system", "ucd"};

// As net-snmp and snmp_exporter write the names above.
struct Alias {
    std::string_view written;
    std::string_view name;
};
constexpr std::array<Alias, 15> kAliases{{
    {"SHA-1", "SHA"},
    {"SHA1", "SHA"},
    {"SHA224", "SHA-224"},
    {"SHA256", "SHA-256"},
    {"SHA384", "SHA-384"},
    {"SHA512", "SHA-512"},
    {"AES-128", "AES"},
    {"AES128", "AES"},
    {"AES192", "AES-192"},
    {"AES256", "AES-256"},
    {"AES192C", "AES-192-C"},
    {"AES256C", "AES-256-C"},
    {"noAuth", "noAuthNoPriv"},
    {"auth", "authNoPriv"},
    {"priv", "authPriv"},
}};

// One of `allowed`, or what else it is called.
std::optional<std::string> read_name(MapReader& reader, std::string_view key,
                                     std::span<const std::string_view> allowed) {
    const std::string_view written = reader.node(key).scalar();
    for (const Alias& alias : kAliases) {
        const bool known = std::find(allowed.begin(), allowed.end(), alias.name) != allowed.end();
        if (known && alias.written == written) return std::string(alias.name);
    }
    return reader.choice(key, allowed);
}

void read_key(MapReader& parent, std::string_view key, std::span<const std::string_view> protocols,
              std::string& protocol, std::string& file, Diagnostics& diagnostics) {
    const YamlNode node = parent.node(key);
    if (!node) return;
    MapReader reader(node, key, diagnostics);
    if (const auto chosen = read_name(reader, "protocol", protocols)) protocol = *chosen;
    reader.require("password_file");
    file = reader.string("password_file").value_or("");
    reader.finish();
}

void read_credential(MapReader& reader, SnmpCredential& into, Diagnostics& diagnostics) {
    const auto version = reader.choice("version", kVersions);
    into.version = version.value_or("2c") == "3" ? SnmpVersion::k3 : SnmpVersion::k2c;
    const bool community = static_cast<bool>(reader.node("community"));
    const bool file = static_cast<bool>(reader.node("community_file"));
    into.community = reader.string("community").value_or("public");
    into.community_file = reader.string("community_file").value_or("");
    into.context = reader.string("context").value_or("");
    const YamlNode auth = reader.node("auth");
    if (community && file) reader.error("community", "stands beside \"community_file\"; keep one");
    if (into.version == SnmpVersion::k2c) {
        if (auth) reader.error("auth", "is for \"version: 3\"; 2c has a community");
        if (!into.context.empty()) reader.error("context", "is for \"version: 3\"");
        return;
    }
    if (community) reader.error("community", "is for \"version: 2c\"; 3 has \"auth\"");
    if (file) reader.error("community_file", "is for \"version: 2c\"; 3 has \"auth\"");
    reader.require("auth");
    if (!auth) return;
    MapReader user(auth, "auth", diagnostics);
    read_snmp_user(user, into, diagnostics);
    user.finish();
}

// Which modules there are beyond the shipped ones the files say, and here no file is opened.
void read_modules(MapReader& reader, SnmpConfig& entry, Diagnostics& diagnostics) {
    entry.modules = {"if_mib", "system"};
    const YamlNode node = reader.node("modules");
    if (node) entry.modules = reader.strings("modules");
    if (node && entry.modules.empty()) reader.error("modules", "names nothing to ask for");
    entry.module_files = {"/etc/tocsin/snmp.d/*.yml"};
    if (reader.node("module_files")) entry.module_files = reader.strings("module_files");
    for (const YamlNode& item : node.items()) {
        entry.module_positions.push_back(item.position());
        const std::string_view name = item.scalar();
        if (!entry.module_files.empty() ||
            std::find(kShipped.begin(), kShipped.end(), name) != kShipped.end()) {
            continue;
        }
        const std::string_view near = nearest(name, kShipped);
        std::string text = "no shipped module is called \"" + std::string(name) +
                           "\", and there are no \"module_files\"";
        if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
        diagnostics.error(item.position(), std::move(text));
    }
}

// What all targets of an entry share.
SnmpConfig read_entry(MapReader& reader, Diagnostics& diagnostics) {
    SnmpConfig entry;
    entry.every = kEvery;
    entry.timeout = kTimeout;
    read_target(reader, entry, "snmp");
    read_credential(reader, entry.credential, diagnostics);
    read_modules(reader, entry, diagnostics);
    if (const auto wait = reader.duration("request_timeout")) entry.request_timeout = *wait;
    if (entry.request_timeout <= Duration{0}) {
        reader.error("request_timeout", "must be more than nothing");
    }
    entry.retries = static_cast<int>(reader.integer("retries", 0, 20).value_or(3));
    entry.max_repetitions =
        static_cast<int>(reader.integer("max_repetitions", 1, 200).value_or(25));
    entry.keep_indexes = reader.boolean("keep_indexes").value_or(false);
    return entry;
}

void read_devices(const YamlNode& node, TargetConfigs& out, Diagnostics& diagnostics) {
    MapReader reader(node, "an entry of snmp", diagnostics);
    const SnmpConfig entry = read_entry(reader, diagnostics);
    reader.require("targets");
    const std::vector<std::string> targets = reader.strings("targets");
    const YamlNode list = reader.node("targets");
    if (list.kind() == YamlKind::kSequence && list.items().empty()) {
        reader.error("targets", "names no device");
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto peer = parse_snmp_peer(targets[i]);
        if (!peer) {
            const Position at =
                i < list.items().size() ? list.items()[i].position() : list.position();
            diagnostics.error(
                at, "\"" + targets[i] + "\" is no device: write host, host:port or [address]:port");
            continue;
        }
        auto device = std::make_shared<SnmpConfig>(entry);
        device->instance = targets[i];
        device->peer = *peer;
        out.push_back(std::move(device));
    }
    reader.finish();
}

}  // namespace

std::span<const std::string_view> snmp_auth_protocols() {
    return kAuthProtocols;
}

std::span<const std::string_view> snmp_priv_protocols() {
    return kPrivProtocols;
}

std::span<const std::string_view> snmp_shipped_modules() {
    return kShipped;
}

std::optional<SnmpPeer> parse_snmp_peer(std::string_view text, std::uint16_t default_port) {
    SnmpPeer peer;
    peer.port = default_port;
    std::string_view port;
    bool has_port = false;
    const auto colons = std::count(text.begin(), text.end(), ':');
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        peer.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        has_port = !port.empty();
        if (has_port && !port.starts_with(':')) return std::nullopt;
        if (has_port) port.remove_prefix(1);
    } else if (colons == 1) {
        peer.host = text.substr(0, text.find(':'));
        port = text.substr(text.find(':') + 1);
        has_port = true;
    } else {
        peer.host = text;
    }
    if (has_port) {
        const auto number = parse_uint(port);
        if (!number || *number == 0 || *number > 65535) return std::nullopt;
        peer.port = static_cast<std::uint16_t>(*number);
    }
    const bool odd = peer.host.find_first_of(" \t/@[]") != std::string::npos;
    if (peer.host.empty() || odd) return std::nullopt;
    return peer;
}

void read_snmp_user(MapReader& reader, SnmpCredential& into, Diagnostics& diagnostics) {
    reader.require("user");
    into.user = reader.string("user").value_or("");
    if (into.user.size() > 32) reader.error("user", "is longer than 32 bytes");
    read_key(reader, "auth", kAuthProtocols, into.auth_protocol, into.auth_password_file,
             diagnostics);
    read_key(reader, "priv", kPrivProtocols, into.priv_protocol, into.priv_password_file,
             diagnostics);
    const bool auth = static_cast<bool>(reader.node("auth"));
    const bool priv = static_cast<bool>(reader.node("priv"));
    if (priv && !auth) reader.error("priv", "needs \"auth\" beside it");
    into.level = priv   ? SnmpLevel::kAuthPriv
                 : auth ? SnmpLevel::kAuthNoPriv
                        : SnmpLevel::kNoAuthNoPriv;
    const auto level = read_name(reader, "level", kLevels);
    if (level && *level != kLevels[static_cast<std::size_t>(into.level)]) {
        reader.error("level", "is " + *level + ", but \"auth\" and \"priv\" make it " +
                                  std::string(kLevels[static_cast<std::size_t>(into.level)]));
    }
}

TargetConfigs read_snmp(const YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"snmp\" is a list of {job, targets, modules}");
        return out;
    }
    for (const YamlNode& node : section.items()) read_devices(node, out, diagnostics);
    return out;
}

}  // namespace tocsin::collector
