#include "collector/host/nfsd.h"

#include <span>
#include <vector>

#include "collector/host/nfs_stats.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

constexpr std::array<MetricDesc, 9> kPlain{{
    {"node_nfsd_reply_cache_hits_total",
     "Total number of NFSd Reply Cache hits (client lost server response).", kCounter},
    {"node_nfsd_reply_cache_misses_total",
     "Total number of NFSd Reply Cache an operation that requires caching (idempotent).", kCounter},
    {"node_nfsd_reply_cache_nocache_total",
     "Total number of NFSd Reply Cache non-idempotent operations (rename/delete/…).", kCounter},
    {"node_nfsd_file_handles_stale_total", "Total number of NFSd stale file handles", kCounter},
    {"node_nfsd_disk_bytes_read_total", "Total NFSd bytes read.", kCounter},
    {"node_nfsd_disk_bytes_written_total", "Total NFSd bytes written.", kCounter},
    {"node_nfsd_server_threads", "Total number of NFSd kernel threads that are running.", kGauge},
    {"node_nfsd_read_ahead_cache_size_blocks", "How large the read ahead cache is in blocks.",
     kGauge},
    {"node_nfsd_read_ahead_cache_not_found_total",
     "Total number of NFSd read ahead cache not found.", kCounter},
}};
constexpr MetricDesc kPackets{"node_nfsd_packets_total",
                              "Total NFSd network packets (sent+received) by protocol type.",
                              kCounter};
constexpr MetricDesc kConnections{"node_nfsd_connections_total",
                                  "Total number of NFSd TCP connections.", kCounter};
constexpr MetricDesc kErrors{"node_nfsd_rpc_errors_total",
                             "Total number of NFSd RPC errors by error type.", kCounter};
constexpr MetricDesc kRpcs{"node_nfsd_server_rpcs_total", "Total number of NFSd RPCs.", kCounter};
constexpr MetricDesc kRequests{"node_nfsd_requests_total",
                               "Total number NFSd Requests by method and protocol.", kCounter};

// Which number of proc4ops node_exporter 1.5 reports as which operation. The number is the
// operation's of RFC 7530 up to 34; the last three stand where it looks for them, which is at
// SETCLIENTID, SETCLIENTID_CONFIRM and VERIFY.
struct Operation {
    std::string_view method;
    std::size_t index;
};
constexpr std::array<Operation, 33> kOperations4{{
    {"Access", 3},        {"Close", 4},        {"Commit", 5},     {"Create", 6},
    {"DelegPurge", 7},    {"DelegReturn", 8},  {"GetAttr", 9},    {"GetFH", 10},
    {"Link", 11},         {"Lock", 12},        {"Lockt", 13},     {"Locku", 14},
    {"Lookup", 15},       {"LookupRoot", 16},  {"Nverify", 17},   {"Open", 18},
    {"OpenAttr", 19},     {"OpenConfirm", 20}, {"OpenDgrd", 21},  {"PutFH", 22},
    {"Read", 25},         {"ReadDir", 26},     {"ReadLink", 27},  {"Remove", 28},
    {"Rename", 29},       {"Renew", 30},       {"RestoreFH", 31}, {"SaveFH", 32},
    {"SecInfo", 33},      {"SetAttr", 34},     {"Verify", 35},    {"Write", 36},
    {"RelLockOwner", 37},
}};

std::vector<SeriesRef> nfsd_series(SeriesTable& table) {
    std::vector<SeriesRef> series;
    series.reserve(kPlain.size());
    for (const MetricDesc& desc : kPlain) series.push_back(table.get(&desc, {}));
    series.push_back(table.get(&kPackets, {{"proto", "udp"}}));
    series.push_back(table.get(&kPackets, {{"proto", "tcp"}}));
    series.push_back(table.get(&kConnections, {}));
    series.push_back(table.get(&kRpcs, {}));
    for (const std::string_view error : {"fmt", "auth", "cInt"}) {
        series.push_back(table.get(&kErrors, {{"error", error}}));
    }
    const auto request = [&](std::string_view proto, std::string_view method) {
        series.push_back(table.get(&kRequests, {{"proto", proto}, {"method", method}}));
    };
    // node_exporter leaves out the server's Null.
    for (std::size_t i = 1; i < kNfs2Procedures.size(); ++i) request("2", kNfs2Procedures[i]);
    for (std::size_t i = 1; i < kNfs3Procedures.size(); ++i) request("3", kNfs3Procedures[i]);
    for (const Operation& operation : kOperations4) request("4", operation.method);
    return series;
}

void nfsd_values(const NfsdStats& stats, std::vector<std::uint64_t>& out) {
    append(out, stats.reply_cache);
    append(out, stats.file_handles);
    append(out, stats.io);
    append(out, stats.threads);
    out.push_back(stats.read_ahead.front());
    out.push_back(stats.read_ahead.back());
    append(out, std::span(stats.net).subspan(1));
    out.push_back(stats.rpc.front());
    append(out, std::span(stats.rpc).subspan(2));
    append(out, std::span(stats.proc2).subspan(1));
    append(out, std::span(stats.proc3).subspan(1));
    for (const Operation& operation : kOperations4) {
        out.push_back(stats.operations4[operation.index]);
    }
}

bool parse_line(std::string_view key, std::string_view rest, NfsdStats& out) {
    if (key == "rc") return take_numbers(rest, out.reply_cache);
    if (key == "fh") return take_numbers(rest, out.file_handles);
    if (key == "io") return take_numbers(rest, out.io);
    if (key == "th") return take_numbers(rest, out.threads);
    if (key == "ra") return take_numbers(rest, out.read_ahead);
    if (key == "net") return take_numbers(rest, out.net);
    if (key == "rpc") return take_numbers(rest, out.rpc);
    if (key == "proc2") return take_counted(rest, out.proc2.size(), out.proc2);
    if (key == "proc3") return take_counted(rest, out.proc3.size(), out.proc3);
    if (key == "proc4ops") return take_counted(rest, 0, out.operations4);
    return true;  // proc4, whose two numbers nobody reports, or of a newer kernel
}

}  // namespace

Result<void> parse_nfsd(std::string_view text, NfsdStats& out) {
    return parse_rpc_lines(text, "nfsd", [&](std::string_view key, std::string_view rest) {
        return parse_line(key, rest, out);
    });
}

Result<std::unique_ptr<Collector>> create_nfsd(const Context& context) {
    return std::make_unique<RpcCollector<NfsdStats>>(
        context, RpcCollector<NfsdStats>::Parts{"nfsd", parse_nfsd, nfsd_series, nfsd_values});
}

}  // namespace tocsin::collector
