#include "collector/host/pressure.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

// Documentation/accounting/psi.rst: total is in microseconds.
TEST_CASE("waiting and stalled time are seconds") {
    const FixtureTree tree{{"proc/pressure/cpu",
                            "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781\n"
                            "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"},
                           {"proc/pressure/io",
                            "some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\n"
                            "full avg10=0.18 avg60=0.34 avg300=0.10 total=159229614\n"},
                           {"proc/pressure/memory",
                            "some avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n"
                            "full avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"}};
    Collecting pressure(create_pressure, tree);
    REQUIRE(pressure.collect() == Values{{"node_pressure_cpu_waiting_seconds_total", 14.036781},
                                         {"node_pressure_io_waiting_seconds_total", 159.886802},
                                         {"node_pressure_io_stalled_seconds_total", 159.229614},
                                         {"node_pressure_memory_waiting_seconds_total", 0.5},
                                         {"node_pressure_memory_stalled_seconds_total", 0.000001}});
}

TEST_CASE("a kernel without pressure information reports none and does not fail") {
    const FixtureTree tree;
    Collecting pressure(create_pressure, tree);
    REQUIRE(pressure.collect().empty());
}

TEST_CASE("a pressure file without its total is an error") {
    REQUIRE(parse_pressure("some avg10=0.00 total=5\n").value().some == 5);
    REQUIRE_FALSE(parse_pressure("some avg10=0.00 total=5\n").value().full);
    for (const std::string_view text :
         {"", "some avg10=0.00\n", "full total=5\n", "some total=x\n", "something total=1\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_pressure(text));
    }
}
