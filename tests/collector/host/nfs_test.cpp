#include "collector/host/nfs.h"

#include "collector/host/nfs_stats.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string counted(std::string_view key, int count) {
    std::string line = std::string(key) + " " + std::to_string(count);
    for (int i = 1; i <= count; ++i) line += " " + std::to_string(i);
    return line + "\n";
}
std::string request(std::string_view proto, std::string_view method) {
    return "node_nfs_requests_total{method=\"" + std::string(method) + "\", proto=\"" +
           std::string(proto) + "\"}";
}

}  // namespace

TEST_CASE("packets, calls and procedures of the NFS client are counted") {
    const std::string text = "net 70 71 69 45\nrpc 900 12 901\n" + counted("proc2", 18) +
                             counted("proc3", 22) + counted("proc4", 59);
    const FixtureTree tree{{"proc/net/rpc/nfs", text}};
    Collecting nfs(create_nfs, tree);
    const Values values = nfs.collect();
    REQUIRE(values.size() == 6 + 18 + 22 + 59);
    REQUIRE(values.at("node_nfs_packets_total{protocol=\"udp\"}") == 71);
    REQUIRE(values.at("node_nfs_packets_total{protocol=\"tcp\"}") == 69);
    REQUIRE(values.at("node_nfs_connections_total") == 45);
    REQUIRE(values.at("node_nfs_rpcs_total") == 900);
    REQUIRE(values.at("node_nfs_rpc_retransmissions_total") == 12);
    REQUIRE(values.at("node_nfs_rpc_authentication_refreshes_total") == 901);
    // By the numbers of RFC 1094 and RFC 1813, which begin with 0.
    REQUIRE(values.at(request("2", "Null")) == 1);
    REQUIRE(values.at(request("2", "FsStat")) == 18);
    REQUIRE(values.at(request("3", "Read")) == 7);
    REQUIRE(values.at(request("3", "ReadDirPlus")) == 18);
    REQUIRE(values.at(request("3", "Commit")) == 22);
    REQUIRE(values.at(request("4", "Open")) == 5);
    REQUIRE(values.at(request("4", "GetDeviceInfo")) == 46);
    REQUIRE(values.at(request("4", "Clone")) == 59);
}

TEST_CASE("kernels with fewer and with more lines and procedures are read") {
    const std::string text = "rpc 1 2 3\n\n" + counted("proc4", 42) + "future 1 x\n";
    const FixtureTree tree{{"proc/net/rpc/nfs", text}};
    Collecting nfs(create_nfs, tree);
    const Values values = nfs.collect();
    REQUIRE(values.at(request("4", "Sequence")) == 42);
    REQUIRE(values.at(request("4", "Clone")) == 0);
    REQUIRE(values.at(request("2", "Read")) == 0);
    NfsStats stats;
    REQUIRE(parse_nfs(counted("proc4", 70), stats));
    REQUIRE(stats.proc4.back() == 59);
}

TEST_CASE("a malformed line of the NFS client is named, and no counter is reported as zero") {
    for (const std::string_view bad :
         {"net 1 2 3\n", "rpc 1 2 -3\n", "proc2 18 1\n", "proc2 1 1\n", "proc3 x\n",
          "proc4 2 1 2 3\n", "proc4\n", "rpc 1 2 18446744073709551616\n"}) {
        INFO(bad);
        const FixtureTree tree{{"proc/net/rpc/nfs", bad}};
        Collecting nfs(create_nfs, tree);
        REQUIRE(nfs.collect_any().empty());
        REQUIRE_THAT(nfs.error(), Catch::Contains("net/rpc/nfs"));
    }
}

TEST_CASE("a host that mounts no NFS reports none and does not fail") {
    const FixtureTree tree{{"proc/net/rpc/nfs", "rpc 1 2 3\n"}};
    Collecting nfs(create_nfs, tree);
    REQUIRE_FALSE(nfs.collect().empty());
    tree.remove("proc/net/rpc");
    Collecting without(create_nfs, tree);
    REQUIRE(without.collect().empty());
}
