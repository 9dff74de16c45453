#include "collector/host/infiniband.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string port(std::string_view name, std::string_view of) {
    return "node_infiniband_" + std::string(name) + "{" + std::string(of) + "}";
}
constexpr std::string_view kFirst = "device=\"mlx5_0\", port=\"1\"";

}  // namespace

// Documentation/ABI/stable/sysfs-class-infiniband; data is counted in words of four bytes.
TEST_CASE("each port's state, rate and counters are reported") {
    const FixtureTree tree{
        {"sys/class/infiniband/mlx5_0/board_id", "MT_01\n"},
        {"sys/class/infiniband/mlx5_0/fw_ver", "16.35\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/phys_state", "5: LinkUp\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/rate", "2.5 Gb/sec (1X SDR)\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data", "10\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/counters/link_downed", "3\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/counters/VL15_dropped", "2\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error", "N/A (no PMA)\n"},
        {"sys/class/infiniband/mlx5_0/ports/1/counters_ext/port_xmit_data_64", "5\n"}};
    Collecting infiniband(create_infiniband, tree);
    REQUIRE(infiniband.collect() ==
            Values{{"node_infiniband_info{board_id=\"MT_01\", device=\"mlx5_0\", "
                    "firmware_version=\"16.35\"}",
                    1},
                   {port("state_id", kFirst), 4},
                   {port("physical_state_id", kFirst), 5},
                   {port("rate_bytes_per_second", kFirst), 312'500'000},
                   {port("port_data_received_bytes_total", kFirst), 40},
                   {port("link_downed_total", kFirst), 3},
                   {port("vl15_dropped_total", kFirst), 2},
                   {port("legacy_data_transmitted_bytes_total", kFirst), 20}});
}

TEST_CASE("data that no longer fits 64 bits wraps as the counter does") {
    const FixtureTree tree{{"sys/class/infiniband/mlx5_0/fw_ver", "1\n"},
                           {"sys/class/infiniband/mlx5_0/ports/1/counters/port_xmit_data",
                            "4611686018427387906\n"}};  // 2^62 + 2
    Collecting infiniband(create_infiniband, tree);
    REQUIRE(infiniband.collect().at(port("port_data_transmitted_bytes_total", kFirst)) == 8);
}

TEST_CASE("ports and adapters come and go") {
    const FixtureTree tree{{"sys/class/infiniband/mlx5_0/fw_ver", "1\n"},
                           {"sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n"},
                           {"sys/class/infiniband/mlx5_0/ports/2/state", "1: DOWN\n"},
                           {"sys/class/infiniband/irdma0/fw_ver", "1\n"}};
    Collecting infiniband(create_infiniband, tree);
    REQUIRE(infiniband.collect().size() == 4);
    tree.write("sys/class/infiniband/mlx5_0/ports/1/state", "2: INIT\n");
    tree.remove("sys/class/infiniband/mlx5_0/ports/2");
    tree.remove("sys/class/infiniband/irdma0");
    REQUIRE(infiniband.collect() ==
            Values{{"node_infiniband_info{device=\"mlx5_0\", firmware_version=\"1\"}", 1},
                   {port("state_id", kFirst), 2}});
    tree.remove("sys/class/infiniband");
    REQUIRE(infiniband.collect().empty());
}

TEST_CASE("states and rates are read and their malformed kin are not") {
    REQUIRE(parse_port_state("4: ACTIVE\n") == 4U);
    REQUIRE(parse_port_state(" 0 :x") == 0U);
    for (const std::string_view text : {"", "ACTIVE", "4", ": ACTIVE", "-1: X", "4294967296: X"}) {
        INFO(text);
        REQUIRE_FALSE(parse_port_state(text));
    }
    REQUIRE(parse_port_rate("100 Gb/sec (4X EDR)\n") == 12'500'000'000U);
    REQUIRE(parse_port_rate("0 Gb/sec") == 0U);
    for (const std::string_view text :
         {"", "100", "x Gb/sec", "-1 Gb/sec", "1e30 Gb/sec", "NaN Gb/sec"}) {
        INFO(text);
        REQUIRE_FALSE(parse_port_rate(text));
    }
}

TEST_CASE("a malformed file of a port is named and costs only itself") {
    const FixtureTree tree{{"sys/class/infiniband/mlx5_0/fw_ver", "1\n"},
                           {"sys/class/infiniband/mlx5_0/ports/1/state", "ACTIVE\n"},
                           {"sys/class/infiniband/mlx5_0/ports/1/counters/link_downed", "-1\n"},
                           {"sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error", "6\n"}};
    Collecting infiniband(create_infiniband, tree);
    const Values values = infiniband.collect_any();
    REQUIRE_THAT(infiniband.error(), Catch::Contains("ports/1/state: \"ACTIVE\""));
    REQUIRE(values.size() == 2);
    REQUIRE(values.at(port("symbol_error_total", kFirst)) == 6);
}
