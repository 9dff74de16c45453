#include "collector/host/uname.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

TEST_CASE("uname is a series whose labels are what the system call says") {
    const FixtureTree tree;
    Collecting uname(create_uname, tree);
    const Uname now = read_uname();
    REQUIRE(now.sysname == "Linux");
    REQUIRE_FALSE(now.release.empty());
    REQUIRE(uname.collect().size() == 1);
    const Reading& reading = uname.readings()[0];
    REQUIRE(reading.value == 1);
    REQUIRE(reading.series.labels().metric_name() == "node_uname_info");
    REQUIRE(reading.series.labels().get("release") == now.release);
    REQUIRE(reading.series.labels().get("nodename") == now.nodename);
}

TEST_CASE("the labels of uname are node_exporter's") {
    const Labels labels = uname_labels({"Linux", "6.1.0", "#1 SMP", "x86_64", "web-17", "(none)"});
    REQUIRE(labels == Labels{{"sysname", "Linux"},
                             {"release", "6.1.0"},
                             {"version", "#1 SMP"},
                             {"machine", "x86_64"},
                             {"nodename", "web-17"},
                             {"domainname", "(none)"}});
    REQUIRE(uname_labels({"Linux", "", "", "", "a\xff", ""}).get("nodename") == "a\xef\xbf\xbd");
}
