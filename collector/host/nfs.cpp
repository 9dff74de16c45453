#include "collector/host/nfs.h"

#include <span>
#include <vector>

#include "collector/host/nfs_stats.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricDesc kPackets{"node_nfs_packets_total",
                              "Total NFSd network packets (sent+received) by protocol type.",
                              kCounter};
constexpr MetricDesc kConnections{"node_nfs_connections_total",
                                  "Total number of NFSd TCP connections.", kCounter};
constexpr MetricDesc kRpcs{"node_nfs_rpcs_total", "Total number of RPCs performed.", kCounter};
constexpr MetricDesc kRetransmissions{"node_nfs_rpc_retransmissions_total",
                                      "Number of RPC transmissions performed.", kCounter};
constexpr MetricDesc kRefreshes{"node_nfs_rpc_authentication_refreshes_total",
                                "Number of RPC authentication refreshes performed.", kCounter};
constexpr MetricDesc kRequests{"node_nfs_requests_total", "Number of NFS procedures invoked.",
                               kCounter};

// In the order in which node_exporter reads the kernel's client statistics of NFS 4.
constexpr std::array<std::string_view, 59> kNfs4Procedures{"Null",
                                                           "Read",
                                                           "Write",
                                                           "Commit",
                                                           "Open",
                                                           "OpenConfirm",
                                                           "OpenNoattr",
                                                           "OpenDowngrade",
                                                           "Close",
                                                           "Setattr",
                                                           "FsInfo",
                                                           "Renew",
                                                           "SetClientID",
                                                           "SetClientIDConfirm",
                                                           "Lock",
                                                           "Lockt",
                                                           "Locku",
                                                           "Access",
                                                           "Getattr",
                                                           "Lookup",
                                                           "LookupRoot",
                                                           "Remove",
                                                           "Rename",
                                                           "Link",
                                                           "Symlink",
                                                           "Create",
                                                           "Pathconf",
                                                           "StatFs",
                                                           "ReadLink",
                                                           "ReadDir",
                                                           "ServerCaps",
                                                           "DelegReturn",
                                                           "GetACL",
                                                           "SetACL",
                                                           "FsLocations",
                                                           "ReleaseLockowner",
                                                           "Secinfo",
                                                           "FsidPresent",
                                                           "ExchangeID",
                                                           "CreateSession",
                                                           "DestroySession",
                                                           "Sequence",
                                                           "GetLeaseTime",
                                                           "ReclaimComplete",
                                                           "LayoutGet",
                                                           "GetDeviceInfo",
                                                           "LayoutCommit",
                                                           "LayoutReturn",
                                                           "SecinfoNoName",
                                                           "TestStateID",
                                                           "FreeStateID",
                                                           "GetDeviceList",
                                                           "BindConnToSession",
                                                           "DestroyClientID",
                                                           "Seek",
                                                           "Allocate",
                                                           "DeAllocate",
                                                           "LayoutStats",
                                                           "Clone"};

std::vector<SeriesRef> nfs_series(SeriesTable& table) {
    std::vector<SeriesRef> series{table.get(&kPackets, {{"protocol", "udp"}}),
                                  table.get(&kPackets, {{"protocol", "tcp"}})};
    for (const MetricDesc* desc : {&kConnections, &kRpcs, &kRetransmissions, &kRefreshes}) {
        series.push_back(table.get(desc, {}));
    }
    const auto requests = [&](std::string_view proto, std::span<const std::string_view> methods) {
        for (const std::string_view method : methods) {
            series.push_back(table.get(&kRequests, {{"proto", proto}, {"method", method}}));
        }
    };
    requests("2", kNfs2Procedures);
    requests("3", kNfs3Procedures);
    requests("4", kNfs4Procedures);
    return series;
}

void nfs_values(const NfsStats& stats, std::vector<std::uint64_t>& out) {
    append(out, std::span(stats.net).subspan(1));
    append(out, stats.rpc);
    append(out, stats.proc2);
    append(out, stats.proc3);
    append(out, stats.proc4);
}

bool parse_line(std::string_view key, std::string_view rest, NfsStats& out) {
    if (key == "net") return take_numbers(rest, out.net);
    if (key == "rpc") return take_numbers(rest, out.rpc);
    if (key == "proc2") return take_counted(rest, out.proc2.size(), out.proc2);
    if (key == "proc3") return take_counted(rest, out.proc3.size(), out.proc3);
    if (key == "proc4") return take_counted(rest, 0, out.proc4);
    return true;  // of a newer kernel
}

}  // namespace

Result<void> parse_nfs(std::string_view text, NfsStats& out) {
    return parse_rpc_lines(text, "nfs", [&](std::string_view key, std::string_view rest) {
        return parse_line(key, rest, out);
    });
}

Result<std::unique_ptr<Collector>> create_nfs(const Context& context) {
    return std::make_unique<RpcCollector<NfsStats>>(
        context, RpcCollector<NfsStats>::Parts{"nfs", parse_nfs, nfs_series, nfs_values});
}

}  // namespace tocsin::collector
