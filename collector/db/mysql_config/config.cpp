#include "collector/db/mysql_config/config.h"

#include <set>
#include <utility>

namespace tocsin::collector {
namespace {

constexpr std::string_view kUser = "tocsin";
constexpr std::int64_t kLargestPort = 65535;

void read_address(text::MapReader& reader, MysqlConfig& into) {
    into.host = reader.string("host").value_or("");
    into.socket = reader.string("socket").value_or("");
    if (const auto port = reader.integer("port", 1, kLargestPort)) {
        into.port = static_cast<std::uint16_t>(*port);
        if (into.host.empty()) reader.error("port", "is the port of a \"host\"");
    }
    if (into.host.empty() == into.socket.empty()) {
        reader.error(into.host.empty() ? "host" : "socket",
                     "a server has either a \"host\" or a \"socket\"");
    }
    if (!into.socket.empty() && !into.socket.starts_with('/')) {
        reader.error("socket", "is no absolute path");
    }
}

void read_tls(text::MapReader& entry, MysqlConfig& into, Diagnostics& diagnostics) {
    const text::YamlNode node = entry.node("tls");
    if (!node) return;
    text::MapReader reader(node, "TLS to MySQL", diagnostics);
    MysqlTls& tls = into.tls.emplace();
    reader.require("ca_file");
    tls.ca_file = reader.string("ca_file").value_or("");
    tls.certificate_file = reader.string("certificate_file").value_or("");
    tls.key_file = reader.string("key_file").value_or("");
    if (tls.certificate_file.empty() != tls.key_file.empty()) {
        reader.error(tls.key_file.empty() ? "certificate_file" : "key_file",
                     "\"certificate_file\" and \"key_file\" go together");
    }
    reader.finish();
    if (!into.socket.empty()) entry.error("tls", "is for a \"host\"");
}

std::shared_ptr<MysqlConfig> read_server(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a MySQL server", diagnostics);
    auto server = std::make_shared<MysqlConfig>();
    read_target(reader, *server, "mysql");
    read_address(reader, *server);
    const bool known = !server->host.empty() || !server->socket.empty();
    server->instance = reader.string("instance").value_or(known ? server->address() : "");
    server->user = reader.string("user").value_or(std::string(kUser));
    server->password_file = reader.string("password_file").value_or("");
    read_tls(reader, *server, diagnostics);
    server->processlist = reader.boolean("processlist").value_or(false);
    server->table_sizes = reader.strings("table_sizes");
    server->checks = read_sql_checks(reader, "checks", SqlDialect::kMysql, diagnostics);
    reader.finish();
    return server;
}

}  // namespace

std::string MysqlConfig::address() const {
    if (!socket.empty()) return socket;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

TargetConfigs read_mysql(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"mysql\" is a list of {host} or {socket}");
        return out;
    }
    std::set<std::pair<std::string, std::string>> names;
    for (const text::YamlNode& node : section.items()) {
        auto server = read_server(node, diagnostics);
        if (!server->instance.empty() && !names.emplace(server->job, server->instance).second) {
            diagnostics.error(node.position(), "there are two MySQL servers with the instance \"" +
                                                   server->instance +
                                                   "\"; give one of them another");
        }
        out.push_back(std::move(server));
    }
    return out;
}

}  // namespace tocsin::collector
