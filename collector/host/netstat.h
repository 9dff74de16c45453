// node_netstat_*, from /proc/net/netstat, /proc/net/snmp and /proc/net/snmp6.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kNetstatFields =
    "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|"
    "TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts)|"
    "Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|"
    "Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$";

// One protocol of netstat or snmp: a line of names and a line of as many values.
struct NetstatTable {
    std::string_view protocol;
    std::string_view names;
    std::string_view values;
};
// kInvalid when lines do not come in pairs of one protocol.
Result<void> parse_netstat(std::string_view text, std::vector<NetstatTable>& out);

// One line of snmp6, "Ip6InReceives 7": protocol "Ip6", name "InReceives". Lines without a "6" in
// their name, or without a number, are skipped.
struct Snmp6Field {
    std::string_view key;
    std::string_view protocol;
    std::string_view name;
    double value = 0;
};
void parse_snmp6(std::string_view text, std::vector<Snmp6Field>& out);

Result<std::unique_ptr<Collector>> create_netstat(const Context& context);

}  // namespace tocsin::collector
