#include "collector/host/netstat.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kNetstat =
    "TcpExt: SyncookiesSent SyncookiesRecv DelayedACKs ListenOverflows\n"
    "TcpExt: 1 2 3 4\n"
    "IpExt: InNoRoutes InOctets OutOctets\n"
    "IpExt: 5 18446744073709551615 7\n";
constexpr std::string_view kSnmp =
    "Ip: Forwarding DefaultTTL\n"
    "Ip: 1 64\n"
    "Tcp: RtoAlgorithm MaxConn CurrEstab InErrs\n"
    "Tcp: 1 -1 8 9\n";

}  // namespace

TEST_CASE("the chosen fields of netstat, snmp and snmp6 are read") {
    const FixtureTree tree{{"proc/net/netstat", kNetstat},
                           {"proc/net/snmp", kSnmp},
                           {"proc/net/snmp6",
                            "Ip6InOctets                     460\n"
                            "Ip6InReceives                   7\n"
                            "Icmp6InErrors                   10\n"
                            "UdpLite6InErrors                11\n"}};
    Collecting netstat(create_netstat, tree);
    REQUIRE(netstat.collect() == Values{{"node_netstat_TcpExt_SyncookiesSent", 1},
                                        {"node_netstat_TcpExt_SyncookiesRecv", 2},
                                        {"node_netstat_TcpExt_ListenOverflows", 4},
                                        {"node_netstat_IpExt_InOctets", 18446744073709551615.0},
                                        {"node_netstat_IpExt_OutOctets", 7},
                                        {"node_netstat_Ip_Forwarding", 1},
                                        {"node_netstat_Tcp_CurrEstab", 8},
                                        {"node_netstat_Tcp_InErrs", 9},
                                        {"node_netstat_Ip6_InOctets", 460},
                                        {"node_netstat_Icmp6_InErrors", 10},
                                        {"node_netstat_UdpLite6_InErrors", 11}});
    REQUIRE(netstat.readings()[0].series.desc().help == "Statistic TcpExtSyncookiesSent.");
    REQUIRE(netstat.readings()[0].series.desc().type == MetricType::kUntyped);
}

TEST_CASE("the fields of netstat are a setting and numbers may be negative") {
    const FixtureTree tree{{"proc/net/netstat", kNetstat}, {"proc/net/snmp", kSnmp}};
    Collecting netstat(create_netstat, tree, {{"fields", {"MaxConn$"}}});
    REQUIRE(netstat.collect() == Values{{"node_netstat_Tcp_MaxConn", -1}});
}

TEST_CASE("columns that another kernel adds or moves are found by name") {
    const FixtureTree tree{{"proc/net/netstat", kNetstat}, {"proc/net/snmp", "Ip: X\nIp: 1\n"}};
    Collecting netstat(create_netstat, tree);
    REQUIRE(netstat.collect().at("node_netstat_TcpExt_ListenOverflows") == 4);
    tree.write("proc/net/netstat",
               "TcpExt: ListenOverflows New SyncookiesSent\n"
               "TcpExt: 40 50 60\n");
    REQUIRE(netstat.collect() == Values{{"node_netstat_TcpExt_ListenOverflows", 40},
                                        {"node_netstat_TcpExt_SyncookiesSent", 60}});
}

TEST_CASE("rows whose values do not match their names are refused whole") {
    const FixtureTree tree{{"proc/net/netstat",
                            "TcpExt: SyncookiesSent ListenOverflows\n"
                            "TcpExt: 1\n"
                            "IpExt: InOctets\n"
                            "IpExt: 5\n"},
                           {"proc/net/snmp", kSnmp}};
    Collecting netstat(create_netstat, tree);
    const Values values = netstat.collect_any();
    REQUIRE_THAT(netstat.error(), Catch::Contains("TcpExt"));
    REQUIRE_FALSE(values.contains("node_netstat_TcpExt_SyncookiesSent"));
    REQUIRE(values.at("node_netstat_IpExt_InOctets") == 5);
    REQUIRE(values.at("node_netstat_Ip_Forwarding") == 1);
}

TEST_CASE("lines that do not come in pairs are an error") {
    for (const std::string_view text :
         {"Ip: A\n", "Ip: A\nTcp: 1\n", "Ip A\nIp 1\n", "\n\n", "Ip: A\nIp: 1\nTcp: B\n"}) {
        INFO(text);
        std::vector<NetstatTable> tables;
        REQUIRE_FALSE(parse_netstat(text, tables));
    }
}

TEST_CASE("a missing snmp6 is a kernel without IPv6, a missing netstat an error") {
    const FixtureTree tree{{"proc/net/snmp", kSnmp}};
    Collecting netstat(create_netstat, tree);
    REQUIRE(netstat.collect_any().contains("node_netstat_Ip_Forwarding"));
    REQUIRE_THAT(netstat.error(), Catch::Contains("/net/netstat"));
    std::vector<Snmp6Field> fields;
    parse_snmp6("NoSix 1\nIp6Short\nIp6InOctets x\n\n", fields);
    REQUIRE(fields.empty());
}
