// The kinds of targets. The collectors of the host stand in register.cpp.
#include <string>
#include <string_view>
#include <vector>

#include "collector/db/mysql_config/config.h"
#include "collector/db/postgres_config/postgres_config.h"
#include "collector/db/redis/config.h"
#include "collector/db/redis/redis.h"
#include "collector/module_loader.h"
#include "collector/net/probe_config/config.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/config/traps.h"
#include "collector/register.h"
#include "collector/service/certificates/certificates.h"
#include "collector/service/certificates/config.h"
#include "collector/service/log_config/log_config.h"
#include "collector/service/logs/logs.h"
#include "collector/service/plugins/config.h"
#include "collector/service/plugins/plugins.h"
#include "collector/service/process_groups/config.h"
#include "collector/service/process_groups/process_groups.h"
#include "collector/service/scrape/config.h"
#include "collector/service/scrape/scrape.h"

namespace tocsin::collector {
namespace {

constexpr std::string_view kPatternsHelp =
    "What is counted: `{name, regex, labels}`, the regex found anywhere in the line.";
constexpr std::string_view kEveryHelp = "How often; without it, the agent's interval.";

// Every kind of target there is, by name.
// A table has as many lines as rows. NOLINTNEXTLINE(readability-function-size)
const std::vector<TargetKind>& kinds() {
    static const std::vector<TargetKind> all{
        {"certificates",
         "",
         read_certificates,
         create_certificates,
         {{"files", "list", "",
           "Patterns of absolute paths, PEM or DER. Required, or `endpoints`."},
          {"endpoints", "list", "",
           "host:port, or smtp://, imap://, pop3://, ftp://, ldap://, postgres:// before it where "
           "TLS begins by STARTTLS."},
          {"server_name", "text", "the endpoint's host", "Whose certificate is asked for."},
          {"ca_file", "file", "the system's", "Of endpoints: who is trusted."},
          {"cert_file", "file", "",
           "A certificate of ours for endpoints that ask for one, PEM; needs `key_file`."},
          {"key_file", "file", "", "Its key; refused when others can read it."},
          {"job", "text", "certificates", "Of endpoints: the label `job`."},
          {"every", "duration", "1m", "How often they are looked at."},
          {"timeout", "duration", "10s", "How long one may take."}},
         AfterFailures::kAtInterval},
        {"journal",
         "systemd",
         read_journal,
         nullptr,
         {{"name", "text", "", "The label `log`. Required."},
          {"match.unit", "text or list", "",
           "Units whose entries count, and what systemd says of them."},
          {"match.identifier", "text or list", "", "What the programs call themselves."},
          {"match.priority", "text", "",
           "`emerg` to `debug`: entries of this priority and worse; without it, all."},
          {"patterns", "list", "", kPatternsHelp},
          {"directory", "text", "", "The journal's directory; without it, the system's journal."},
          {"every", "duration", "", kEveryHelp}},
         AfterFailures::kAtInterval},
        {"logs",
         "",
         read_logs,
         create_log,
         {{"name", "text", "", "The label `log`. Required."},
          {"files", "text or list", "",
           "Absolute paths; `*`, `?` and `[…]` as a shell's. Required."},
          {"patterns", "list", "", kPatternsHelp},
          {"limit", "bytes", "64MiB", "Most that is read at once; the rest is backlog."},
          {"every", "duration", "", kEveryHelp}},
         AfterFailures::kAtInterval},
        {"mysql",
         "mysql",
         read_mysql,
         nullptr,
         {{"host", "text", "", "Its name or address; or else `socket`."},
          {"port", "number", "3306", "Of the host."},
          {"socket", "text", "", "The unix socket, by its absolute path; or else `host`."},
          {"instance", "text", "host:port or socket", "The label `instance` of its series."},
          {"job", "text", "mysql", "Their label `job`."},
          {"user", "text", "tocsin", "As whom it is asked."},
          {"password_file", "text", "", "The file that holds its password."},
          {"tls", "map", "",
           "Has the connection encrypted and the server's name checked: ca_file, "
           "certificate_file and key_file."},
          {"processlist", "bool", "false", "Whether threads are counted by command and state."},
          {"table_sizes", "list", "",
           "Schemas whose tables' rows and sizes are reported; \"*\" for all."},
          {"checks", "list", "", "Queries of one's own; see the page."},
          {"every", "duration", "the agent's interval", "How often it is asked."},
          {"timeout", "duration", "10s",
           "How long all of a collection may take; a statement, half of it."}}},
        {"plugins",
         "",
         read_plugins,
         create_plugin,
         {{"name", "text", "", "Which check it is: the label `check`. Required."},
          {"command", "list", "",
           "The program by its absolute path, and its arguments one by one. Required."},
          {"every", "duration", "1m", "How often it runs."},
          {"timeout", "duration", "30s",
           "How long it may run before it and its group are killed."}},
         AfterFailures::kAtInterval},
        {"postgres",
         "postgres",
         read_postgres,
         nullptr,
         {{"instance", "text", "", "The label `instance`. Left out, the dsn's host and port."},
          {"job", "text", "postgres", "The label `job`."},
          {"dsn", "text", "",
           "How to connect, as libpq has it: keyword=value pairs or a postgresql:// address. "
           "Without a password. Required."},
          {"password_file", "file", "", "Holds the password; refused when others can read it."},
          {"settings", "bool", "true", "Whether the server's settings are told (pg_settings_*)."},
          {"user_tables", "bool", "false",
           "Whether the tables are told (pg_stat_user_tables_*): some twenty series each."},
          {"databases", "list", "",
           "Databases whose tables are told, over a connection each. None: the dsn's."},
          {"checks", "list", "", "Queries of one's own (checks in SQL)."},
          {"statement_timeout", "duration", "5s",
           "When the server ends a statement of ours; at most half of `timeout`."},
          {"lock_timeout", "duration", "1s",
           "How long a statement of ours may wait for a lock; less than that."},
          {"every", "duration", "", "How often it is asked. Left out, `collect.interval`."},
          {"timeout", "duration", "10s", "How long all of it may take."}}},
        {"probe",
         "probe",
         read_probe,
         nullptr,
         {{"job", "text", "probe", "The label `job` of its series."},
          {"http", "map", "", "A request: `url` and what is expected of the answer."},
          {"tcp", "map", "", "A connection: `target` as host:port, TLS, a conversation."},
          {"icmp", "map", "", "A ping of `target`."},
          {"dns", "map", "", "A query to `server` for `name` and `type`."},
          {"ntp", "map", "", "The time of `server`."},
          {"preferred_ip_protocol", "ip4 or ip6", "ip6", "Which address of a name is taken."},
          {"ip_protocol_fallback", "bool", "true", "Whether the other protocol will do too."},
          {"every", "duration", "30s", "How often it is asked."},
          {"timeout", "duration", "10s", "When it counts as failed."}}},
        {"process_groups",
         "",
         read_process_groups,
         create_process_groups,
         {{"name", "text", "", "The label `groupname`. Required."},
          {"match.comm", "text or list", "",
           "The kernel's name of the process, as `ps -o comm` says."},
          {"match.exe", "text or list", "",
           "The program's path, or its last part where it has no `/`."},
          {"match.cmdline", "regex", "", "Found anywhere in the arguments, blanks between them."},
          {"match.cgroup", "regex", "", "Found anywhere in the path of one of its control groups."},
          {"match.user", "text or list", "", "Whom it runs as, by name or number."},
          {"smaps", "bool", "false",
           "Whether the proportional share of memory is reported; costly."},
          {"context_switches", "bool", "false",
           "Whether context switches are reported; each thread is read for them."}},
         AfterFailures::kAtInterval,
         "processes",
         "groups"},
        {"redis",
         "",
         read_redis,
         create_redis,
         {{"url", "text", "", "redis://host:port, rediss://host:port or unix:///path. Required."},
          {"instance", "text", "the url's address", "The label `instance` of its series."},
          {"job", "text", "redis", "Their label `job`."},
          {"user", "text", "", "The ACL user; without one the password alone is sent."},
          {"password_file", "text", "", "The file that holds its password."},
          {"tls", "map", "", "Of rediss://: ca_file, certificate_file and key_file, server_name."},
          {"check_keys", "list", "",
           "Keys whose size, and value where it is a number, are reported: name or db3=name."},
          {"every", "duration", "the agent's interval", "How often it is asked."},
          {"timeout", "duration", "10s", "How long all of a collection may take."}}},
        {"scrape",
         "",
         read_scrape,
         create_scrape,
         {{"job", "text", "", "The label `job` of all its series. Required."},
          {"url", "URL", "", "The page. Required, or `urls`."},
          {"urls", "list", "", "Several pages under one job, each a target of its own."},
          {"instance", "text", "the URL's host:port", "The label `instance`."},
          {"labels", "map", "", "Labels of all its series besides job and instance."},
          {"every", "duration", "collect.interval", "How often it is scraped."},
          {"timeout", "duration", "10s", "How long it may take; at most `every`."},
          {"sample_limit", "number", "20000",
           "More samples than this after relabelling fail the scrape; 0: no limit."},
          {"body_size_limit", "size", "16MiB", "A larger page, decompressed, fails the scrape."},
          {"honor_labels", "bool", "false",
           "Whether the page's labels win over the target's; else they become exported_<name>."},
          {"honor_timestamps", "bool", "true", "Whether times on the page are the samples'."},
          {"allow", "list", "", "Regexes; metrics whose whole names match none are left out."},
          {"metric_relabel_configs", "list", "", "Prometheus's rules for the labels of samples."},
          {"basic_auth", "map", "", "`username` and `password_file`."},
          {"token_file", "file", "", "Holds a bearer token; refused when others can read it."},
          {"headers", "map", "", "Headers of the request besides the scrape's own."},
          {"tls", "map", "",
           "`ca_file`, `cert_file`, `key_file`, `server_name`, `insecure_skip_verify`."}},
         AfterFailures::kAtInterval},
        {"snmp", "snmp", read_snmp, nullptr, snmp_settings()},
        {"snmp_traps", "snmp", read_snmp_traps, nullptr, snmp_traps_settings()},
    };
    return all;
}

}  // namespace

std::span<const TargetKind> target_kinds() {
    return kinds();
}

const TargetKind* find_target_kind(std::string_view name) {
    for (const TargetKind& kind : kinds()) {
        if (kind.name == name) return &kind;
    }
    return nullptr;
}

Result<std::unique_ptr<Target>> create_target(const TargetKind& kind,
                                              const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context) {
    if (kind.create != nullptr) return kind.create(config, context);
    TOCSIN_TRY(const ModuleEntry* module, load_module(kind.module, module_directory()));
    for (std::size_t i = 0; i < module->target_count; ++i) {
        if (module->targets[i].name == kind.name) return module->targets[i].create(config, context);
    }
    return Error(ErrorCode::kInternal, "the module " + std::string(kind.module) +
                                           " has no target " + std::string(kind.name));
}

}  // namespace tocsin::collector
