#include "collector/host/sockstat.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

#include <unistd.h>

TEST_CASE("sockets in use and their states are read for IPv4 and IPv6") {
    const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const FixtureTree tree{{"proc/net/sockstat",
                            "sockets: used 229\n"
                            "TCP: inuse 4 orphan 1 tw 4 alloc 17 mem 2\n"
                            "UDP: inuse 0 mem 0\n"
                            "RAW: inuse 0\n"
                            "FRAG: inuse 0 memory 7\n"},
                           {"proc/net/sockstat6",
                            "TCP6: inuse 17\n"
                            "FRAG6: inuse 0 memory 0\n"}};
    Collecting sockstat(create_sockstat, tree);
    REQUIRE(sockstat.collect() == Values{{"node_sockstat_sockets_used", 229},
                                         {"node_sockstat_TCP_inuse", 4},
                                         {"node_sockstat_TCP_orphan", 1},
                                         {"node_sockstat_TCP_tw", 4},
                                         {"node_sockstat_TCP_alloc", 17},
                                         {"node_sockstat_TCP_mem", 2},
                                         {"node_sockstat_TCP_mem_bytes", 2 * page},
                                         {"node_sockstat_UDP_inuse", 0},
                                         {"node_sockstat_UDP_mem", 0},
                                         {"node_sockstat_UDP_mem_bytes", 0},
                                         {"node_sockstat_RAW_inuse", 0},
                                         {"node_sockstat_FRAG_inuse", 0},
                                         {"node_sockstat_FRAG_memory", 7},
                                         {"node_sockstat_TCP6_inuse", 17},
                                         {"node_sockstat_FRAG6_inuse", 0},
                                         {"node_sockstat_FRAG6_memory", 0}});
}

TEST_CASE("a kernel without one of the protocols reports the other") {
    const FixtureTree tree{{"proc/net/sockstat6", "TCP6: inuse 1\n"}};
    Collecting sockstat(create_sockstat, tree);
    REQUIRE(sockstat.collect() == Values{{"node_sockstat_TCP6_inuse", 1}});
}

TEST_CASE("a counter that races below zero is zero and a word is an error") {
    std::vector<SockstatLine> lines;
    REQUIRE(parse_sockstat("TCP: inuse -1 orphan 3\n", lines).value() == 1);
    REQUIRE(lines[0].items[0].value == 0);
    REQUIRE(lines[0].items[1].value == 3);
    for (const std::string_view text :
         {"TCP inuse 1\n", "TCP: inuse\n", "TCP: inuse x\n", "\n", "TCP: inuse 1 tw\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_sockstat(text, lines));
    }
}
