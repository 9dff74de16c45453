#include "collector/host/udp_queues.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kHead =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode ref pointer drops             \n";
std::string socket_line(std::string_view queues) {
    return " 1234: 3500007F:0035 00000000:0000 07 " + std::string(queues) +
           " 00:00000000 00000000   101        0 17113 2 0000000000000000 0         \n";
}
std::string queue(std::string_view queue, std::string_view ip) {
    return "node_udp_queues{ip=\"" + std::string(ip) + "\", queue=\"" + std::string(queue) + "\"}";
}

}  // namespace

TEST_CASE("what waits in all sockets is summed, for each protocol") {
    const FixtureTree tree{{"proc/net/udp", std::string(kHead) + socket_line("00000015:000000FF") +
                                                socket_line("0000000a:00000001")},
                           {"proc/net/udp6", std::string(kHead) + socket_line("00000000:FFFFFFFF") +
                                                 socket_line("00000000:FFFFFFFF")}};
    Collecting queues(create_udp_queues, tree);
    REQUIRE(queues.collect() == Values{{queue("tx", "v4"), 31},
                                       {queue("rx", "v4"), 256},
                                       {queue("tx", "v6"), 0},
                                       {queue("rx", "v6"), 8589934590.0}});
}

TEST_CASE("a host without sockets has empty queues, one without a protocol none") {
    const FixtureTree tree{{"proc/net/udp", kHead}};
    Collecting queues(create_udp_queues, tree);
    REQUIRE(queues.collect() == Values{{queue("tx", "v4"), 0}, {queue("rx", "v4"), 0}});
    tree.remove("proc/net/udp");
    Collecting none(create_udp_queues, tree);
    REQUIRE(none.collect().empty());
}

TEST_CASE("a line that is short or not hexadecimal is an error") {
    REQUIRE(parse_udp_queues("").value().receive == 0);
    for (const std::string_view line :
         {"1: 0:0 0:0 07\n", "1: 0:0 0:0 07 0000\n", "1: 0:0 0:0 07 :0\n", "1: 0:0 0:0 07 0:\n",
          "1: 0:0 0:0 07 -1:0\n", "1: 0:0 0:0 07 0:g\n", "1: 0:0 0:0 07 0:10000000000000000\n",
          "\n"}) {
        INFO(line);
        REQUIRE_FALSE(parse_udp_queues(std::string(kHead) + std::string(line)));
    }
}
