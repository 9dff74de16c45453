#include "collector/host/dmi.h"

#include <algorithm>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kRoot = "sys/class/dmi/id/";

}  // namespace

TEST_CASE("the firmware's words become labels, sys_vendor as system_vendor") {
    const FixtureTree tree{
        {kRoot + "bios_date", "04/01/2014\n"}, {kRoot + "board_name", "  X11 SSH-F  \n"},
        {kRoot + "chassis_type", "17\n"},      {kRoot + "product_serial", "S\"1\n"},
        {kRoot + "sys_vendor", "QEMU\n"},      {kRoot + "modalias", "dmi:bvnSeaBIOS\n"}};
    Collecting dmi(create_dmi, tree);
    REQUIRE(dmi.collect() ==
            Values{{R"(node_dmi_info{bios_date="04/01/2014", board_name="X11 SSH-F", )"
                    R"(product_serial="S\"1", system_vendor="QEMU"})",
                    1}});
    REQUIRE(dmi.readings()[0].series.desc().type == MetricType::kGauge);
}

TEST_CASE("every field of the help text is a label") {
    const std::string fields =
        "bios_date bios_release bios_vendor bios_version board_asset_tag board_name board_serial "
        "board_vendor board_version chassis_asset_tag chassis_serial chassis_vendor "
        "chassis_version product_family product_name product_serial product_sku product_uuid "
        "product_version sys_vendor";
    const FixtureTree tree;
    for (std::size_t at = 0; at < fields.size();) {
        const std::size_t end = std::min(fields.find(' ', at), fields.size());
        tree.write(kRoot + fields.substr(at, end - at), fields.substr(at, end - at) + "\n");
        at = end + 1;
    }
    Collecting dmi(create_dmi, tree);
    dmi.collect();
    const Labels labels = dmi.readings()[0].series.labels();
    REQUIRE(labels.size() == 21);  // with __name__
    for (const Label& label : labels) {
        if (label.name == kMetricName) continue;
        const std::string_view value = label.value.view();
        REQUIRE(label.name == (value == "sys_vendor" ? "system_vendor" : value));
        REQUIRE_THAT(std::string(dmi.readings()[0].series.desc().help),
                     Catch::Contains(std::string(label.name.view())));
    }
}

TEST_CASE("fields that are empty, unreadable or not UTF-8 do not spoil the others") {
    const FixtureTree tree{{kRoot + "product_sku", "\n"}, {kRoot + "board_vendor", "caf\xe9\n"}};
    tree.make_directory(kRoot + "product_uuid");  // cannot be read
    Collecting dmi(create_dmi, tree);
    REQUIRE(dmi.collect() == Values{{"node_dmi_info{board_vendor=\"caf\xef\xbf\xbd\"}", 1}});
}

TEST_CASE("a machine without DMI reports none and does not fail") {
    const FixtureTree tree;
    Collecting dmi(create_dmi, tree);
    REQUIRE(dmi.collect().empty());
}

TEST_CASE("the tables are read once") {
    const FixtureTree tree{{kRoot + "bios_date", "04/01/2014\n"}};
    Collecting dmi(create_dmi, tree);
    tree.remove(kRoot + "bios_date");
    REQUIRE(dmi.collect() == Values{{"node_dmi_info{bios_date=\"04/01/2014\"}", 1}});
}
