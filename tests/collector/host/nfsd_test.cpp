#include "collector/host/nfsd.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string counted(std::string_view key, int count) {
    std::string line = std::string(key) + " " + std::to_string(count);
    for (int i = 0; i < count; ++i) line += " " + std::to_string(i);
    return line + "\n";
}
std::string request(std::string_view proto, std::string_view method) {
    return "node_nfsd_requests_total{method=\"" + std::string(method) + "\", proto=\"" +
           std::string(proto) + "\"}";
}

}  // namespace

TEST_CASE("caches, threads, packets and requests of the NFS server are counted") {
    const std::string text =
        "rc 1 2 3\nfh 4 0 0 0 0\nio 5 6\nth 8 0 0.000 1.000\nra 32 0 0 0 0 0 0 0 0 0 0 7\n"
        "net 40 10 30 9\nrpc 50 6 1 2 3\n" +
        counted("proc2", 18) + counted("proc3", 22) + "proc4 2 2 10853\n" + counted("proc4ops", 40);
    const FixtureTree tree{{"proc/net/rpc/nfsd", text}};
    Collecting nfsd(create_nfsd, tree);
    const Values values = nfsd.collect();
    REQUIRE(values.size() == 9 + 7 + 17 + 21 + 33);
    REQUIRE(values.at("node_nfsd_reply_cache_hits_total") == 1);
    REQUIRE(values.at("node_nfsd_reply_cache_misses_total") == 2);
    REQUIRE(values.at("node_nfsd_reply_cache_nocache_total") == 3);
    REQUIRE(values.at("node_nfsd_file_handles_stale_total") == 4);
    REQUIRE(values.at("node_nfsd_disk_bytes_read_total") == 5);
    REQUIRE(values.at("node_nfsd_disk_bytes_written_total") == 6);
    REQUIRE(values.at("node_nfsd_server_threads") == 8);
    REQUIRE(values.at("node_nfsd_read_ahead_cache_size_blocks") == 32);
    REQUIRE(values.at("node_nfsd_read_ahead_cache_not_found_total") == 7);
    REQUIRE(values.at("node_nfsd_packets_total{proto=\"udp\"}") == 10);
    REQUIRE(values.at("node_nfsd_packets_total{proto=\"tcp\"}") == 30);
    REQUIRE(values.at("node_nfsd_connections_total") == 9);
    REQUIRE(values.at("node_nfsd_server_rpcs_total") == 50);
    REQUIRE(values.at("node_nfsd_rpc_errors_total{error=\"fmt\"}") == 1);
    REQUIRE(values.at("node_nfsd_rpc_errors_total{error=\"auth\"}") == 2);
    REQUIRE(values.at("node_nfsd_rpc_errors_total{error=\"cInt\"}") == 3);
    REQUIRE(values.at(request("2", "FsStat")) == 17);
    REQUIRE(values.at(request("3", "Write")) == 7);
    REQUIRE(values.at(request("4", "Access")) == 3);  // its number in RFC 7530
    REQUIRE(values.at(request("4", "SetAttr")) == 34);
    REQUIRE_FALSE(values.contains(request("3", "Null")));
}

TEST_CASE("an NFS server of another kernel has other lines") {
    const FixtureTree tree{
        {"proc/net/rpc/nfsd", "rc 1 2 3\nth 8\nwdeleg_getattr 4\n" + counted("proc4ops", 72)}};
    Collecting nfsd(create_nfsd, tree);
    const Values values = nfsd.collect();
    REQUIRE(values.at("node_nfsd_read_ahead_cache_size_blocks") == 0);
    REQUIRE(values.at(request("2", "Read")) == 0);
    REQUIRE(values.at(request("4", "Rename")) == 29);
}

TEST_CASE("a malformed line of the NFS server is named, and no counter is reported as zero") {
    for (const std::string_view bad :
         {"rc 1 2\n", "fh\n", "io 1 x\n", "th -8\n", "ra 32\n", "net 1 2 3\n", "rpc 1 2 3 4\n",
          "proc2 17 1\n", "proc3 22 1\n", "proc4ops 2 1\n", "proc4ops 1 x\n"}) {
        INFO(bad);
        const FixtureTree tree{{"proc/net/rpc/nfsd", bad}};
        Collecting nfsd(create_nfsd, tree);
        REQUIRE(nfsd.collect_any().empty());
        REQUIRE_THAT(nfsd.error(), Catch::Contains("net/rpc/nfsd"));
    }
}

TEST_CASE("a host that serves no NFS reports none and does not fail") {
    const FixtureTree tree;
    Collecting nfsd(create_nfsd, tree);
    REQUIRE(nfsd.collect().empty());
}
