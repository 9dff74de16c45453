#include "collector/host/ipvs.h"

#include "collector/host/ipvs_address.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kStats =
    "   Total Incoming Outgoing         Incoming         Outgoing\n"
    "   Conns  Packets  Packets            Bytes            Bytes\n"
    "      10      1FF        0 FFFFFFFFFFFFFFFF               A0\n"
    " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n"
    "       0        0        0                0                0\n";
constexpr std::string_view kHead =
    "IP Virtual Server version 1.2.1 (size=4096)\n"
    "Prot LocalAddress:Port Scheduler Flags\n"
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n";

std::string services(std::string_view lines) {
    return std::string(kHead) + std::string(lines);
}
std::string backend(std::string_view name, std::string_view labels) {
    return "node_ipvs_backend_" + std::string(name) + "{" + std::string(labels) + "}";
}

}  // namespace

TEST_CASE("totals are hexadecimal, and each real server has its connections and weight") {
    const std::string ip_vs = services(
        "TCP  C0A80016:0050 wlc persistent 300\n"
        "  -> C0A85216:1F90      Tunnel  100    248        2\n"
        "FWM  10 rr\n"
        "  -> C0A80001:0CEA      Route   5      6          7\n");
    const FixtureTree tree{{"proc/net/ip_vs_stats", kStats}, {"proc/net/ip_vs", ip_vs}};
    Collecting ipvs(create_ipvs, tree);
    const std::string tcp =
        "local_address=\"192.168.0.22\", local_port=\"80\", proto=\"TCP\", "
        "remote_address=\"192.168.82.22\", remote_port=\"8080\"";
    const std::string mark =
        "local_mark=\"10\", local_port=\"0\", proto=\"FWM\", remote_address=\"192.168.0.1\", "
        "remote_port=\"3306\"";
    REQUIRE(ipvs.collect() == Values{{"node_ipvs_connections_total", 16},
                                     {"node_ipvs_incoming_packets_total", 511},
                                     {"node_ipvs_outgoing_packets_total", 0},
                                     {"node_ipvs_incoming_bytes_total", 18446744073709551615.0},
                                     {"node_ipvs_outgoing_bytes_total", 160},
                                     {backend("connections_active", tcp), 248},
                                     {backend("connections_inactive", tcp), 2},
                                     {backend("weight", tcp), 100},
                                     {backend("connections_active", mark), 6},
                                     {backend("connections_inactive", mark), 7},
                                     {backend("weight", mark), 5}});
}

TEST_CASE("backends that the chosen labels do not tell apart are added up") {
    const std::string ip_vs = services(
        "TCP  C0A80016:0050 wlc\n"
        "  -> C0A85216:1F90      Tunnel  1    2        3\n"
        "  -> C0A85217:1F90      Tunnel  10   20       30\n"
        "UDP  C0A80016:0035 wlc\n"
        "  -> C0A85217:1F90      Route   100  200      300\n");
    const FixtureTree tree{{"proc/net/ip_vs_stats", kStats}, {"proc/net/ip_vs", ip_vs}};
    Collecting ipvs(create_ipvs, tree, {{"backend_labels", {"local_address, proto,"}}});
    const Values values = ipvs.collect();
    REQUIRE(values.size() == 5 + 6);
    const std::string tcp = "local_address=\"192.168.0.22\", proto=\"TCP\"";
    REQUIRE(values.at(backend("weight", tcp)) == 11);
    REQUIRE(values.at(backend("connections_active", tcp)) == 22);
    REQUIRE(values.at(backend("connections_inactive", tcp)) == 33);
    REQUIRE(ipvs.collect().at(backend("weight", tcp)) == 11);  // and not on top of the last cycle
}

TEST_CASE("services come and go, and without the module there are none") {
    const FixtureTree tree{
        {"proc/net/ip_vs_stats", kStats},
        {"proc/net/ip_vs", services("TCP  C0A80016:0050 wlc\n  -> C0A85216:1F90 Route 1 2 3\n")}};
    Collecting ipvs(create_ipvs, tree);
    REQUIRE(ipvs.collect().size() == 8);
    tree.write("proc/net/ip_vs", services(""));
    REQUIRE(ipvs.collect().size() == 5);
    const FixtureTree without;
    Collecting not_loaded(create_ipvs, without);
    REQUIRE(not_loaded.collect().empty());
}

TEST_CASE("addresses are written as RFC 5952 says") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"0A000001:0001", "10.0.0.1"},
        {"[2620:0000:0000:0000:0000:0000:0000:0001]:0001", "2620::1"},
        {"[2001:0db8:0000:0001:0000:0001:0000:0abc]:0001", "2001:db8:0:1:0:1:0:abc"},
        {"[2001:0000:0000:0001:0000:0000:0000:0001]:0001", "2001:0:0:1::1"},
        {"[2001:0000:0000:0001:0001:0000:0000:0001]:0001", "2001::1:1:0:0:1"},
        {"[0000:0000:0000:0000:0000:0000:0000:0000]:0001", "::"},
        {"[fe80:0000:0000:0000:0000:0000:0000:0000]:0001", "fe80::"},
        {"[0000:0000:0000:0000:0000:ffff:0102:0304]:0001", "1.2.3.4"},
        {"[0000:0000:0000:0000:0000:0000:0102:0304]:0001", "::102:304"},
    };
    for (const auto& [kernel, written] : cases) {
        INFO(kernel);
        const auto endpoint = parse_ipvs_endpoint(kernel);
        REQUIRE(endpoint.value().address == written);
        REQUIRE(endpoint.value().port == 1);
    }
    for (const std::string_view text :
         {"", ":", "0A000001", "0A00001:0050", "0A000001:50", "0A00000G:0050", "0A000001:005G",
          "[::1]:0050", "[2620:0000:0000:0000:0000:0000:0000:0001:0050",
          "[2620-0000:0000:0000:0000:0000:0000:0001]:0050",
          "[2620:0000:0000:0000:0000:0000:0000:0001:0002]:0050", "[]:0050"}) {
        INFO(text);
        REQUIRE_FALSE(parse_ipvs_endpoint(text));
    }
}

TEST_CASE("other protocols have their own services, and malformed lines cost only themselves") {
    const std::string text = services(
        "SCTP C0A80016:0050 wlc\n"
        "  -> C0A85216:1F90      Tunnel  1    2        3\n"
        "  -> C0A85217:1F90      Tunnel  1    -2        3\n"
        "  -> C0A85218:1F90      Tunnel  1\n"
        "\n"
        "  -> C0A85219:1F90      Tunnel  4    5        6\n");
    std::vector<IpvsBackend> backends;
    const auto result = parse_ipvs_backends(text, backends);
    REQUIRE_THAT(result.error().message, Catch::Contains("C0A85217"));
    REQUIRE(backends.size() == 2);
    REQUIRE(backends[0].proto == "SCTP");
    REQUIRE(backends[1].weight == 4);
    const FixtureTree tree{{"proc/net/ip_vs_stats", kStats},
                           {"proc/net/ip_vs", services("TCP  C0A80016:0050 wlc\n"
                                                       "  -> nonsense Route 1 2 3\n")}};
    Collecting ipvs(create_ipvs, tree);
    REQUIRE(ipvs.collect_any().size() == 5);
    REQUIRE_THAT(ipvs.error(), Catch::Contains("nonsense"));
}

TEST_CASE("short and malformed totals are errors") {
    for (const std::string_view text : {"", "a\nb\n", "a\nb\n1 2 3 4\n", "a\nb\n1 2 3 4 x\n",
                                        "a\nb\n1 2 3 4 10000000000000000\n", "a\nb\n\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_ipvs_stats(text));
    }
}

TEST_CASE("a label that backends do not have is refused and named") {
    const FixtureTree tree;
    SeriesTable table;
    Context context;
    context.series = &table;
    context.settings = {{"backend_labels", {"proto,colour"}}};
    REQUIRE_THAT(create_ipvs(context).error().message, Catch::Contains("\"colour\""));
}
