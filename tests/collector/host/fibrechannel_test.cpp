#include "collector/host/fibrechannel.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kHost = "sys/class/fc_host/host0/";

std::string counter(std::string_view name) {
    return "node_fibrechannel_" + std::string(name) + "_total{fc_host=\"host0\"}";
}

}  // namespace

// Documentation/ABI and drivers/scsi/scsi_transport_fc.c: statistics are 0x%llx.
TEST_CASE("a port's words and counters are reported, addresses without 0x") {
    const FixtureTree tree{{kHost + "speed", "16 Gbit\n"},
                           {kHost + "port_state", "Online\n"},
                           {kHost + "port_type", "NPort (fabric via point-to-point)\n"},
                           {kHost + "port_id", "0x000002\n"},
                           {kHost + "port_name", "0x1000e0071bce95f2\n"},
                           {kHost + "fabric_name", "0x0\n"},
                           {kHost + "symbolic_name", "Emulex SN1100E2P FV12.4.270.3\n"},
                           {kHost + "supported_classes", "Class 3\n"},
                           {kHost + "supported_speeds", "4 Gbit, 8 Gbit, 16 Gbit\n"},
                           {kHost + "dev_loss_tmo", "30\n"},
                           {kHost + "statistics/rx_frames", "0x3\n"},
                           {kHost + "statistics/tx_words", "0x1f4\n"},
                           {kHost + "statistics/link_failure_count", "9\n"},
                           {kHost + "statistics/nos_count", "0xffffffffffffffff\n"},
                           {kHost + "statistics/seconds_since_last_reset", "0x7\n"},
                           {kHost + "statistics/fcp_input_requests", "0x5\n"}};
    Collecting fibrechannel(create_fibrechannel, tree);
    REQUIRE(fibrechannel.collect() ==
            Values{{"node_fibrechannel_info{dev_loss_tmo=\"30\", fabric_name=\"0\", "
                    "fc_host=\"host0\", port_id=\"000002\", port_name=\"1000e0071bce95f2\", "
                    "port_state=\"Online\", port_type=\"NPort (fabric via point-to-point)\", "
                    "speed=\"16 Gbit\", supported_classes=\"Class 3\", "
                    "supported_speeds=\"4 Gbit, 8 Gbit, 16 Gbit\", "
                    "symbolic_name=\"Emulex SN1100E2P FV12.4.270.3\"}",
                    1},
                   {counter("rx_frames"), 3},
                   {counter("tx_words"), 500},
                   {counter("link_failure"), 9},
                   {counter("seconds_since_last_reset"), 7}});
}

TEST_CASE("a port changes its state, and adapters come and go") {
    const FixtureTree tree;
    Collecting fibrechannel(create_fibrechannel, tree);
    REQUIRE(fibrechannel.collect().empty());
    tree.write(kHost + "port_state", "Online\n");
    REQUIRE(fibrechannel.collect() ==
            Values{{"node_fibrechannel_info{fc_host=\"host0\", port_state=\"Online\"}", 1}});
    const SeriesRef kept = fibrechannel.readings()[0].series;
    fibrechannel.collect();
    REQUIRE(fibrechannel.readings()[0].series == kept);
    tree.write(kHost + "port_state", "Linkdown\n");
    REQUIRE(fibrechannel.collect() ==
            Values{{"node_fibrechannel_info{fc_host=\"host0\", port_state=\"Linkdown\"}", 1}});
    tree.remove("sys/class/fc_host/host0");
    REQUIRE(fibrechannel.collect().empty());
}

TEST_CASE("a malformed statistic of a port is an error and costs only itself") {
    const FixtureTree tree{{kHost + "statistics/rx_frames", "0x3\n"}};
    for (const std::string_view text : {"", "0x\n", "0xg\n", "-1\n", "0x10000000000000000\n"}) {
        INFO(text);
        tree.write(kHost + "statistics/tx_frames", text);
        Collecting fibrechannel(create_fibrechannel, tree);
        REQUIRE(fibrechannel.collect_any().size() == 2);
        REQUIRE_THAT(fibrechannel.error(), Catch::Contains("statistics/tx_frames"));
    }
}
