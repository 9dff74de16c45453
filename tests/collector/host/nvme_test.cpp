#include "collector/host/nvme.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

TEST_CASE("a controller's words are labels, without the blanks that fill them up") {
    const FixtureTree tree{{"sys/class/nvme/nvme0/firmware_rev", "GDC5302Q\n"},
                           {"sys/class/nvme/nvme0/model", "Some Maker SSD 1TB            \n"},
                           {"sys/class/nvme/nvme0/serial", "      S12345\n"},
                           {"sys/class/nvme/nvme0/state", "live\n"}};
    Collecting nvme(create_nvme, tree);
    REQUIRE(nvme.collect() ==
            Values{{"node_nvme_info{device=\"nvme0\", firmware_revision=\"GDC5302Q\", "
                    "model=\"Some Maker SSD 1TB\", serial=\"S12345\", state=\"live\"}",
                    1}});
}

TEST_CASE("a controller's state is followed, and the controller may go and another come") {
    const FixtureTree tree{{"sys/class/nvme/nvme0/state", "live\n"},
                           {"sys/class/nvme/nvme1/state", "live\n"}};
    Collecting nvme(create_nvme, tree);
    REQUIRE(nvme.collect().size() == 2);
    const SeriesRef first = nvme.readings()[0].series;
    nvme.collect();
    REQUIRE(nvme.readings()[0].series == first);
    tree.write("sys/class/nvme/nvme0/state", "resetting\n");
    tree.remove("sys/class/nvme/nvme1");
    REQUIRE(nvme.collect() == Values{{"node_nvme_info{device=\"nvme0\", state=\"resetting\"}", 1}});
    tree.remove("sys/class/nvme");
    REQUIRE(nvme.collect().empty());
}

TEST_CASE("words that are not UTF-8 are repaired, and a device without words is none") {
    const FixtureTree tree{{"sys/class/nvme/nvme0/model", "A\xff\n"}};
    tree.make_directory("sys/class/nvme/nvme1");
    Collecting nvme(create_nvme, tree);
    REQUIRE(nvme.collect() ==
            Values{{"node_nvme_info{device=\"nvme0\", model=\"A\xef\xbf\xbd\"}", 1}});
}

TEST_CASE("a host without NVMe reports none and does not fail") {
    const FixtureTree tree;
    Collecting nvme(create_nvme, tree);
    REQUIRE(nvme.collect().empty());
}
