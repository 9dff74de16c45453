#include "collector/host/nfs.h"

#include <span>
#include <string>
#include <vector>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"
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

class Nfs final : public Collector {
  public:
    explicit Nfs(const Context& context)
        : file_(context.paths.procfs + "/net/rpc/nfs"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = file_.read(buffer_);
        // The file is there while the kernel's NFS client is loaded.
        if (!text && text.error().code == ErrorCode::kNotFound) {
            series_.clear();
            return success();
        }
        if (!text) return text.error();
        NfsStats stats;
        Result<void> parsed = parse_nfs(text.value(), stats);
        if (!parsed) return parsed;  // a zero would look like a reset of the counter
        if (series_.empty()) make_series();
        next_ = 0;
        const auto report = [&](std::span<const std::uint64_t> values) {
            for (const std::uint64_t value : values) {
                out.push_back({series_[next_++], static_cast<double>(value)});
            }
        };
        report(std::span(stats.net).subspan(1));
        report(stats.rpc);
        report(stats.proc2);
        report(stats.proc3);
        report(stats.proc4);
        return success();
    }

  private:
    // In the order of collect().
    void make_series() {
        series_.push_back(table_->get(&kPackets, {{"protocol", "udp"}}));
        series_.push_back(table_->get(&kPackets, {{"protocol", "tcp"}}));
        for (const MetricDesc* desc : {&kConnections, &kRpcs, &kRetransmissions, &kRefreshes}) {
            series_.push_back(table_->get(desc, {}));
        }
        const auto requests = [&](std::string_view proto,
                                  std::span<const std::string_view> methods) {
            for (const std::string_view method : methods) {
                series_.push_back(table_->get(&kRequests, {{"proto", proto}, {"method", method}}));
            }
        };
        requests("2", kNfs2Procedures);
        requests("3", kNfs3Procedures);
        requests("4", kNfs4Procedures);
    }

    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<SeriesRef> series_;
    std::size_t next_ = 0;
};

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
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        next_field(rest, key);
        if (!parse_line(key, rest, out) && result) {
            result = Error(ErrorCode::kInvalid, "net/rpc/nfs: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_nfs(const Context& context) {
    return std::make_unique<Nfs>(context);
}

}  // namespace tocsin::collector
