#include "collector/net/probe/series.h"

namespace tocsin::collector::probe {
namespace {

// The help of the first is blackbox_exporter's own.
constexpr MetricDesc kEarliest{"probe_ssl_earliest_cert_expiry",
                               "Returns last SSL chain expiry in unixtime", MetricType::kGauge};
constexpr MetricDesc kChain{"probe_ssl_last_chain_expiry_timestamp_seconds",
                            "Returns last SSL chain expiry in timestamp", MetricType::kGauge};
constexpr MetricDesc kInfo{"probe_ssl_last_chain_info", "Contains SSL leaf certificate information",
                           MetricType::kGauge};
constexpr MetricDesc kVersion{"probe_tls_version_info",
                              "Returns the TLS version used or NaN when unknown",
                              MetricType::kGauge};

}  // namespace

void report_peer(const PeerFacts& peer, Report& report) {
    report.add(kEarliest, peer.earliest_expiry);
    if (peer.chain_expiry) report.add(kChain, *peer.chain_expiry);
    report.add(kInfo, 1,
               {{"fingerprint_sha256", peer.fingerprint},
                {"issuer", peer.issuer},
                {"subject", peer.subject},
                {"subjectalternative", peer.alternative}});
    report.add(kVersion, 1, {{"version", peer.version}});
}

}  // namespace tocsin::collector::probe
