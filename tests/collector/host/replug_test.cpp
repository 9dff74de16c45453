// A device that is unplugged and comes back under its name, in the kernel itself: files that were
// kept open answer ENODEV then. In a network and a mount namespace of the test's thread.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "collector/host/netclass.h"
#include "collector/host/netdev.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::Values;

namespace {

struct Step {
    Values values;
    std::string error;
};

bool ip(const std::string& arguments) {
    return std::system(("ip " + arguments + " >/dev/null 2>&1").c_str()) == 0;
}

Step look(Collector& collector) {
    Step step;
    Readings readings;
    const Result<void> result = collector.collect(from_unix_ms(0), readings);
    if (!result) step.error = result.error().message;
    for (const Reading& reading : readings) {
        step.values.emplace(reading.series.labels().text(), reading.value);
    }
    return step;
}

// Why this machine gives no namespace of one's own; "" when the thread is in one.
std::string enter_namespaces(const std::string& sysfs) {
    if (::geteuid() != 0) return "namespaces take root";
    if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) return "unshare(2) is not allowed";
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return "no private mounts";
    if (::mount("sysfs", sysfs.c_str(), "sysfs", 0, nullptr) != 0) return "no sysfs of one's own";
    if (!ip("link add tocsin0 type veth peer name tocsin1")) return "ip(8) adds no veth device";
    return {};
}

// Two looks at a device, two without it, two at another of its name.
std::string replug(test::Create create, const std::string& sysfs, std::vector<Step>& steps) {
    if (const std::string why = enter_namespaces(sysfs); !why.empty()) return why;
    SeriesTable series;
    const auto collector =
        create({{"/proc/thread-self", sysfs, "/", "/run/udev/data"}, {}, &series}).value();
    for (const char* change :
         {"link show", "link del tocsin0", "link add tocsin0 type veth peer name tocsin1"}) {
        if (!ip(change)) return std::string("ip ") + change;
        steps.push_back(look(*collector));
        steps.push_back(look(*collector));
    }
    return {};
}

}  // namespace

TEST_CASE("a network device that is unplugged goes, and comes back with its own values") {
    struct Case {
        test::Create create;
        std::string series;
    };
    const Case cases[] = {{create_netclass, "node_network_iface_id{device=\"tocsin0\"}"},
                          {create_netdev, "node_network_receive_bytes_total{device=\"tocsin0\"}"}};
    for (const Case& c : cases) {
        INFO(c.series);
        const FixtureTree tree;
        tree.make_directory("sys");
        std::vector<Step> steps;
        std::string why;
        std::thread([&] { why = replug(c.create, tree.at("sys"), steps); }).join();
        if (!why.empty()) {
            WARN("SKIP: " << why);
            return;
        }
        REQUIRE(steps.size() == 6);
        for (const Step& step : steps) REQUIRE(step.error == "");
        for (const std::size_t with : {0U, 1U, 4U, 5U}) {
            REQUIRE(steps[with].values.contains(c.series));
        }
        for (const std::size_t without : {2U, 3U}) {
            for (const auto& [series, value] : steps[without].values) {
                INFO(series);
                REQUIRE(series.find("tocsin0") == std::string::npos);
            }
        }
        const double before = steps[1].values.at(c.series);
        const double after = steps[5].values.at(c.series);
        // The index of a device is its own; its traffic starts at nothing.
        REQUIRE((c.create == create_netclass ? after != before : after == 0));
    }
}
