#include "collector/net/snmp/config/traps.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace tocsin::collector {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::uint16_t kTrapPort = 162;

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

Position item_position(const YamlNode& node, std::size_t i) {
    return i < node.items().size() ? node.items()[i].position() : node.position();
}

void read_listen(MapReader& reader, TrapsConfig& into, Diagnostics& diagnostics) {
    std::vector<std::string> texts{"0.0.0.0:162"};
    const YamlNode node = reader.node("listen");
    if (node) texts = read_words(reader, "listen");
    if (texts.empty()) reader.error("listen", "names no address");
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto peer = parse_snmp_peer(texts[i], kTrapPort);
        if (peer && is_address(peer->host)) {
            into.listen.push_back(*peer);
            continue;
        }
        diagnostics.error(item_position(node, i),
                          "\"" + texts[i] + "\" is no address to listen on: write 0.0.0.0:162, " +
                              "[::]:162 or one of this host's");
    }
}

void read_users(MapReader& reader, TrapsConfig& into, Diagnostics& diagnostics) {
    std::set<std::string> names;
    const YamlNode list = reader.node("users");
    if (list && list.kind() != YamlKind::kSequence) {
        reader.error("users", "must be a list of {user, auth, priv}");
    }
    for (const YamlNode& node : list.items()) {
        MapReader user(node, "a user", diagnostics);
        SnmpCredential credential;
        credential.version = SnmpVersion::k3;
        read_snmp_user(user, credential, diagnostics);
        user.finish();
        if (!credential.user.empty() && !names.insert(credential.user).second) {
            user.error("user", "\"" + credential.user + "\" stands twice");
        }
        into.users.push_back(std::move(credential));
    }
}

void read_instances(MapReader& reader, TrapsConfig& into) {
    into.instances = reader.string_map("instances");
    for (const auto& [address, name] : into.instances) {
        if (!is_address(address)) {
            reader.error("instances", "\"" + address + "\" is no address of a device");
        }
        if (name.empty()) reader.error("instances", "\"" + address + "\" has no name");
    }
}

std::shared_ptr<TrapsConfig> read_receiver(const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "an entry of snmp_traps", diagnostics);
    auto entry = std::make_shared<TrapsConfig>();
    entry->name = reader.string("name").value_or("traps");
    if (entry->name.empty() || entry->name.find('/') != std::string::npos) {
        reader.error("name", "must be a name without \"/\": a file is called so");
    }
    read_target(reader, *entry, "snmp_traps");
    read_listen(reader, *entry, diagnostics);
    entry->communities = read_words(reader, "community");
    entry->community_file = reader.string("community_file").value_or("");
    if (!entry->communities.empty() && !entry->community_file.empty()) {
        reader.error("community", "stands beside \"community_file\"; keep one");
    }
    read_users(reader, *entry, diagnostics);
    const bool anybody =
        !entry->communities.empty() || !entry->community_file.empty() || !entry->users.empty();
    if (!anybody && node.kind() != YamlKind::kScalar && node.kind() != YamlKind::kSequence) {
        diagnostics.error(reader.position(),
                          "nobody may send: write \"community\" or \"community_file\" for "
                          "version 2c, \"users\" for version 3");
    }
    entry->mapping_files = {"/etc/tocsin/traps.d/*.yml"};
    if (reader.node("mapping_files")) entry->mapping_files = reader.strings("mapping_files");
    read_instances(reader, *entry);
    entry->rate = static_cast<int>(reader.integer("rate", 1, 10'000).value_or(entry->rate));
    reader.finish();
    return entry;
}

}  // namespace

std::vector<SettingSpec> snmp_traps_settings() {
    return {
        {"name", "text", "traps", "What logs call it; one for each entry."},
        {"job", "text", "snmp_traps", "Label of the series of the devices."},
        {"listen", "text or list", "0.0.0.0:162",
         "Addresses and UDP ports; the port is 162 where none stands."},
        {"community", "text or list", "", "Whose messages of version 2c are taken."},
        {"community_file", "file", "",
         "Holds the community where it is a secret; refused when others can read it."},
        {"users[].user", "text", "", "Whose messages of version 3 are taken. Required."},
        {"users[].level", "noAuthNoPriv, authNoPriv or authPriv", "",
         "Checked against auth and priv, which make it; a message of another level is refused."},
        {"users[].auth.protocol", "MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512", "SHA",
         "How messages are signed."},
        {"users[].auth.password_file", "file", "", "Refused when others can read it."},
        {"users[].priv.protocol", "DES, AES, AES-192, AES-256, AES-192-C or AES-256-C", "AES",
         "How messages are encrypted; -C with keys lengthened as Cisco does it."},
        {"users[].priv.password_file", "file", "", "Refused when others can read it."},
        {"mapping_files", "list of paths", "[/etc/tocsin/traps.d/*.yml]",
         "Files that say which traps are alerts; one of a shipped name replaces it."},
        {"instances", "map", "",
         "What devices are called, by their addresses: the label `instance`. Without it, the "
         "address."},
        {"rate", "number", "100",
         "How many messages a second one device may send, and all together ten times as many; "
         "more are dropped and counted."},
        {"every", "duration", "the agent's interval", "How often what came is told."},
        {"timeout", "duration", "10s", "How long writing the state may take."}};
}

TargetConfigs read_snmp_traps(const YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != YamlKind::kSequence) {
        diagnostics.error(section.position(),
                          "\"snmp_traps\" is a list of {listen, community, users}");
        return out;
    }
    std::set<std::string> names;
    for (const YamlNode& node : section.items()) {
        auto entry = read_receiver(node, diagnostics);
        if (!names.insert(entry->name).second) {
            diagnostics.error(node.position(), "the name \"" + entry->name +
                                                   "\" stands twice; give each entry its own");
        }
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace tocsin::collector
