#include "collector/register.h"

#include <string>
#include <vector>

#include "collector/db/mysql_config/config.h"
#include "collector/db/postgres_config/postgres_config.h"
#include "collector/db/redis/config.h"
#include "collector/db/redis/redis.h"
#include "collector/host/arp.h"
#include "collector/host/bcache.h"
#include "collector/host/bonding.h"
#include "collector/host/btrfs.h"
#include "collector/host/cgroup.h"
#include "collector/host/conntrack.h"
#include "collector/host/cpu.h"
#include "collector/host/cpufreq.h"
#include "collector/host/diskstats.h"
#include "collector/host/dmi.h"
#include "collector/host/edac.h"
#include "collector/host/entropy.h"
#include "collector/host/fibrechannel.h"
#include "collector/host/filefd.h"
#include "collector/host/filesystem.h"
#include "collector/host/hwmon.h"
#include "collector/host/infiniband.h"
#include "collector/host/interrupts.h"
#include "collector/host/ipvs.h"
#include "collector/host/loadavg.h"
#include "collector/host/mdadm.h"
#include "collector/host/meminfo.h"
#include "collector/host/meminfo_numa.h"
#include "collector/host/netclass.h"
#include "collector/host/netdev.h"
#include "collector/host/netstat.h"
#include "collector/host/nfs.h"
#include "collector/host/nfsd.h"
#include "collector/host/nvme.h"
#include "collector/host/os.h"
#include "collector/host/powersupplyclass.h"
#include "collector/host/pressure.h"
#include "collector/host/processes.h"
#include "collector/host/rapl.h"
#include "collector/host/schedstat.h"
#include "collector/host/selinux.h"
#include "collector/host/sockstat.h"
#include "collector/host/softnet.h"
#include "collector/host/stat.h"
#include "collector/host/tapestats.h"
#include "collector/host/textfile.h"
#include "collector/host/thermal_zone.h"
#include "collector/host/time.h"
#include "collector/host/timex.h"
#include "collector/host/udp_queues.h"
#include "collector/host/uname.h"
#include "collector/host/vmstat.h"
#include "collector/host/watchdog.h"
#include "collector/host/xfs.h"
#include "collector/host/zfs.h"
#include "collector/module_loader.h"
#include "collector/net/probe_config/config.h"
#include "collector/net/snmp/config/config.h"
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

std::vector<SettingSpec> device_settings(std::string_view exclude, std::string_view what) {
    return {
        {"device_exclude", "regex", exclude, what},
        {"device_include", "regex", "", "Only these devices; cannot stand beside device_exclude."}};
}

// Every collector there is, by name.
// A table has as many lines as rows. NOLINTNEXTLINE(readability-function-size)
const std::vector<Registration>& rows() {
    using enum Threading;
    static const std::vector<Registration> all{
        {"arp", kInline, true, "", create_arp,
         device_settings("", "Network devices whose neighbours are not counted.")},
        {"bcache",
         kBlocking,
         true,
         "",
         create_bcache,
         {{"priority_stats", "bool", "false",
           "Whether the priorities of a cache's buckets are reported; costly, as the kernel sorts "
           "all buckets."}}},
        {"bonding", kInline, true, "", create_bonding, {}},
        {"btrfs", kBlocking, true, "", create_btrfs, {}},
        {"cgroup",
         kBlocking,
         false,
         "",
         create_cgroup,
         {{"include", "regex", kCgroupInclude, "Paths of cgroups that are reported."},
          {"exclude", "regex", "", "Paths that are not reported although they are included."}}},
        {"conntrack", kInline, true, "", create_conntrack, {}},
        {"cpu",
         kInline,
         true,
         "",
         create_cpu,
         {{"guest", "bool", "true", "Whether node_cpu_guest_seconds_total is reported."},
          {"info", "bool", "false",
           "Whether node_cpu_info is reported; also true when flags or bugs are chosen."},
          {"info_flags_include", "regex", "", "Flags of the first CPU that are reported."},
          {"info_bugs_include", "regex", "", "Bugs of the first CPU that are reported."}}},
        {"cpufreq", kBlocking, true, "", create_cpufreq, {}},
        {"diskstats", kInline, true, "", create_diskstats,
         device_settings(kDiskExclude, "Disks that are not reported.")},
        {"dmi", kInline, true, "", create_dmi, {}},
        {"edac", kInline, true, "", create_edac, {}},
        {"entropy", kInline, true, "", create_entropy, {}},
        {"fibrechannel", kInline, true, "", create_fibrechannel, {}},
        {"filefd", kInline, true, "", create_filefd, {}},
        {"filesystem",
         kBlocking,
         true,
         "",
         create_filesystem,
         {{"mount_points_exclude", "regex", kMountPointsExclude,
           "Mount points that are not reported."},
          {"fs_types_exclude", "regex", kFsTypesExclude,
           "File system types that are not reported."},
          {"timeout", "duration", kMountTimeout,
           "How long a mount may take to answer before it counts as hung."}}},
        {"hwmon", kBlocking, true, "", create_hwmon, {}},
        {"infiniband", kInline, true, "", create_infiniband, {}},
        {"interrupts", kInline, false, "", create_interrupts, {}},
        {"ipvs",
         kInline,
         true,
         "",
         create_ipvs,
         {{"backend_labels", "string", kIpvsLabels,
           "Labels of a backend's series; backends that only others tell apart are added up."}}},
        {"loadavg", kInline, true, "", create_loadavg, {}},
        {"mdadm", kInline, true, "", create_mdadm, {}},
        {"meminfo", kInline, true, "", create_meminfo, {}},
        {"meminfo_numa", kInline, false, "", create_meminfo_numa, {}},
        {"netclass",
         kInline,
         true,
         "",
         create_netclass,
         {{"ignored_devices", "regex", kNetclassIgnored, "Network devices that are not reported."},
          {"ignore_invalid_speed", "bool", "false",
           "Leave out a speed that the driver gives as negative."}}},
        {"netdev", kInline, true, "", create_netdev,
         device_settings(kNetdevExclude, "Network devices that are not reported.")},
        {"netstat",
         kInline,
         true,
         "",
         create_netstat,
         {{"fields", "regex", kNetstatFields, "Protocol_Field names that are reported."}}},
        {"nfs", kInline, true, "", create_nfs, {}},
        {"nfsd", kInline, true, "", create_nfsd, {}},
        {"nvme", kInline, true, "", create_nvme, {}},
        {"os", kInline, true, "", create_os, {}},
        {"powersupplyclass",
         kInline,
         true,
         "",
         create_powersupplyclass,
         {{"ignored_supplies", "regex", kIgnoredSupplies,
           "Power supplies that are not reported."}}},
        {"pressure", kInline, true, "", create_pressure, {}},
        {"processes", kBlocking, false, "", create_processes, {}},
        {"rapl",
         kInline,
         true,
         "",
         create_rapl,
         {{"enable_zone_label", "bool", kRaplZoneLabel,
           "Whether the zone's name is the label rapl_zone and not part of the metric's name."}}},
        {"schedstat", kInline, true, "", create_schedstat, {}},
        {"selinux", kInline, true, "", create_selinux, {}},
        {"sockstat", kInline, true, "", create_sockstat, {}},
        {"softnet", kInline, true, "", create_softnet, {}},
        {"stat", kInline, true, "", create_stat, {}},
        {"systemd",
         kBlocking,
         false,
         "systemd",
         nullptr,
         {{"unit_include", "regex", ".+", "Units that are reported, by the whole name."},
          {"unit_exclude", "regex", R"(.+\.(automount|device|mount|scope|slice|target))",
           "Units that are not reported although they are included."},
          {"enable_restarts_metrics", "bool", "true", "Whether restarts of services are reported."},
          {"enable_start_time_metrics", "bool", "true",
           "Whether the time is reported at which a unit became active."},
          {"enable_task_metrics", "bool", "false",
           "Whether tasks of services are reported; two questions a service, one in each cycle."}}},
        {"tapestats",
         kInline,
         true,
         "",
         create_tapestats,
         {{"ignored_devices", "regex", kTapeIgnored, "Drives that are not reported."}}},
        {"textfile",
         kBlocking,
         true,
         "",
         create_textfile,
         {{"directory", "string", kTextfileDirectory,
           "The directory, or a pattern of several, whose *.prom files are read."}}},
        {"thermal_zone", kBlocking, true, "", create_thermal_zone, {}},
        {"time", kInline, true, "", create_time, {}},
        {"timex", kInline, true, "", create_timex, {}},
        {"udp_queues", kBlocking, true, "", create_udp_queues, {}},
        {"uname", kInline, true, "", create_uname, {}},
        {"vmstat",
         kInline,
         true,
         "",
         create_vmstat,
         {{"fields", "regex", kVmstatFields, "Fields that are reported."}}},
        {"watchdog", kBlocking, true, "", create_watchdog, {}},
        {"xfs", kInline, true, "", create_xfs, {}},
        {"zfs", kBlocking, true, "", create_zfs, {}},
    };
    return all;
}

constexpr std::string_view kPatternsHelp =
    "What is counted: `{name, regex, labels}`, the regex found anywhere in the line.";
constexpr std::string_view kEveryHelp = "How often; without it, the agent's interval.";

// Every kind of target there is, by name.
// As above. NOLINTNEXTLINE(readability-function-size)
const std::vector<TargetKind>& kinds() {
    static const std::vector<TargetKind> all{
        {"certificates",
         "",
         read_certificates,
         create_certificates,
         {{"files", "list", "",
           "Patterns of absolute paths, PEM or DER. Required, or `endpoints`."},
          {"endpoints", "list", "",
           "host:port, or smtp://, imap://, pop3:// before it where TLS begins by STARTTLS."},
          {"server_name", "text", "the endpoint's host", "Whose certificate is asked for."},
          {"ca_file", "file", "the system's", "Of endpoints: who is trusted."},
          {"job", "text", "certificates", "Of endpoints: the label `job`."},
          {"every", "duration", "1m", "How often they are looked at."},
          {"timeout", "duration", "10s", "How long one may take."}}},
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
          {"every", "duration", "", kEveryHelp}}},
        {"logs",
         "",
         read_logs,
         create_log,
         {{"name", "text", "", "The label `log`. Required."},
          {"files", "text or list", "",
           "Absolute paths; `*`, `?` and `[…]` as a shell's. Required."},
          {"patterns", "list", "", kPatternsHelp},
          {"limit", "bytes", "64MiB", "Most that is read at once; the rest is backlog."},
          {"every", "duration", "", kEveryHelp}}},
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
           "How long it may run before it and its group are killed."}}},
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
           "When the server ends a statement of ours; at most `timeout`."},
          {"lock_timeout", "duration", "1s",
           "How long a statement of ours may wait for a lock; at most `timeout`."},
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
          {"comm", "text or list", "", "The kernel's name of the process, as `ps -o comm` says."},
          {"exe", "text or list", "", "The program's path, or its last part where it has no `/`."},
          {"cmdline", "regex", "", "Found anywhere in the arguments, blanks between them."},
          {"cgroup", "regex", "", "Found anywhere in the path of one of its control groups."},
          {"user", "text or list", "", "Whom it runs as, by name or number."},
          {"smaps", "bool", "false",
           "Whether the proportional share of memory is reported; costly."},
          {"context_switches", "bool", "false",
           "Whether context switches are reported; each thread is read for them."}}},
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
           "`ca_file`, `cert_file`, `key_file`, `server_name`, `insecure_skip_verify`."}}},
        {"snmp", "snmp", read_snmp, nullptr, snmp_settings()},
    };
    return all;
}

// A module does not see this list, so it is told what the list says.
Context with_defaults(const Registration& row, Context context) {
    for (const SettingSpec& spec : row.settings) {
        if (find_setting(context.settings, spec.key) != nullptr) continue;
        context.settings.push_back({std::string(spec.key), {std::string(spec.default_value)}});
    }
    return context;
}

}  // namespace

std::span<const Registration> registrations() {
    return rows();
}

const Registration* find_registration(std::string_view name) {
    for (const Registration& row : rows()) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

Result<std::unique_ptr<Collector>> create_collector(const Registration& row,
                                                    const Context& context) {
    if (row.create != nullptr) return row.create(context);
    TOCSIN_TRY(const ModuleEntry* module, load_module(row.module, module_directory()));
    for (std::size_t i = 0; i < module->count; ++i) {
        const ModuleCollector& collector = module->collectors[i];
        if (collector.name == row.name) return collector.create(with_defaults(row, context));
    }
    return Error(ErrorCode::kInternal, "the module " + std::string(row.module) +
                                           " has no collector " + std::string(row.name));
}

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
