#include "collector/host/selinux.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

Values modes(double configured, double current) {
    return {{"node_selinux_enabled", 1},
            {"node_selinux_config_mode", configured},
            {"node_selinux_current_mode", current}};
}

}  // namespace

TEST_CASE("a host without selinuxfs says that it is off") {
    const FixtureTree tree;
    Collecting selinux(create_selinux, tree);
    REQUIRE(selinux.collect() == Values{{"node_selinux_enabled", 0}});
}

TEST_CASE("the configured and the current mode may differ and change") {
    const FixtureTree tree{
        {"sys/fs/selinux/enforce", "1"},
        {"proc/self/attr/current", std::string_view("system_u:system_r:init_t:s0\0", 28)},
        {"root/etc/selinux/config",
         "# SELINUX=disabled\nSELINUX=enforcing\nSELINUXTYPE=default\n"}};
    Collecting selinux(create_selinux, tree);
    REQUIRE(selinux.collect() == modes(1, 1));
    tree.write("sys/fs/selinux/enforce", "0");  // setenforce 0
    REQUIRE(selinux.collect() == modes(1, 0));
    tree.replace("root/etc/selinux/config", "SELINUX=permissive\n");
    REQUIRE(selinux.collect() == modes(0, 0));
    tree.remove("root/etc/selinux/config");
    REQUIRE(selinux.collect() == modes(-1, 0));
    tree.write("sys/fs/selinux/enforce", "?");
    REQUIRE(selinux.collect() == modes(-1, -1));
}

TEST_CASE("a kernel without a policy counts as off") {
    const FixtureTree tree{{"sys/fs/selinux/enforce", "0"},
                           {"proc/self/attr/current", std::string_view("kernel\0", 7)}};
    Collecting selinux(create_selinux, tree);
    REQUIRE(selinux.collect() == Values{{"node_selinux_enabled", 0}});
}

TEST_CASE("the mode of the configuration is a word, quoted or not") {
    REQUIRE(parse_selinux_mode("SELINUX=enforcing") == 1);
    REQUIRE(parse_selinux_mode("  SELINUX=\"permissive\"  \n") == 0);
    for (const std::string_view text :
         {"", "SELINUX=disabled\n", "SELINUX = enforcing\n", "SELINUX\n", ";SELINUX=enforcing\n",
          "SELINUXTYPE=enforcing\n"}) {
        INFO(text);
        REQUIRE(parse_selinux_mode(text) == -1);
    }
}
