#include "collector/register.h"

#include <string>
#include <vector>

#include "collector/host/cgroup.h"
#include "collector/host/cpu.h"
#include "collector/host/diskstats.h"
#include "collector/host/fibrechannel.h"
#include "collector/host/filefd.h"
#include "collector/host/filesystem.h"
#include "collector/host/loadavg.h"
#include "collector/host/meminfo.h"
#include "collector/host/netdev.h"
#include "collector/host/netstat.h"
#include "collector/host/os.h"
#include "collector/host/pressure.h"
#include "collector/host/rapl.h"
#include "collector/host/selinux.h"
#include "collector/host/sockstat.h"
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

namespace tocsin::collector {
namespace {

std::vector<SettingSpec> device_settings(std::string_view exclude, std::string_view what) {
    return {
        {"device_exclude", "regex", exclude, what},
        {"device_include", "regex", "", "Only these devices; cannot stand beside device_exclude."}};
}

// Every collector there is, by name.
const std::vector<Registration>& rows() {
    using enum Threading;
    static const std::vector<Registration> all{
        {"cgroup",
         kBlocking,
         false,
         "",
         create_cgroup,
         {{"include", "regex", kCgroupInclude, "Paths of cgroups that are reported."},
          {"exclude", "regex", "", "Paths that are not reported although they are included."}}},
        {"cpu", kInline, true, "", create_cpu, {}},
        {"diskstats", kInline, true, "", create_diskstats,
         device_settings(kDiskExclude, "Disks that are not reported.")},
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
        {"loadavg", kInline, true, "", create_loadavg, {}},
        {"meminfo", kInline, true, "", create_meminfo, {}},
        {"netdev", kInline, true, "", create_netdev,
         device_settings(kNetdevExclude, "Network devices that are not reported.")},
        {"netstat",
         kInline,
         true,
         "",
         create_netstat,
         {{"fields", "regex", kNetstatFields, "Protocol_Field names that are reported."}}},
        {"os", kInline, true, "", create_os, {}},
        {"pressure", kInline, true, "", create_pressure, {}},
        {"rapl",
         kInline,
         true,
         "",
         create_rapl,
         {{"enable_zone_label", "bool", kRaplZoneLabel,
           "Whether the zone's name is the label rapl_zone and not part of the metric's name."}}},
        {"selinux", kInline, true, "", create_selinux, {}},
        {"sockstat", kInline, true, "", create_sockstat, {}},
        {"stat", kInline, true, "", create_stat, {}},
        {"systemd",
         kBlocking,
         false,
         "systemd",
         nullptr,
         {{"unit_include", "regex", ".+", "Units that are reported, by the whole name."},
          {"unit_exclude", "regex", R"(.+\.(automount|device|mount|scope|slice|target))",
           "Units that are not reported although they are included."}}},
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
        {"udp_queues", kBlocking, false, "", create_udp_queues, {}},
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

}  // namespace tocsin::collector
