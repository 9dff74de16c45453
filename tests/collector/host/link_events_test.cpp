// The netclass collector beside the kernel's events, in network and mount namespaces of its own.
#include "collector/host/link_events.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <stdexcept>
#include <thread>

#include "collector/host/netclass.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

// On a thread that sees no device but a loopback that is down; "" or why this machine has no such.
std::string in_own_namespaces(const std::function<void()>& work) {
    std::string missing;
    std::thread([&] {
        if (::unshare(CLONE_NEWNS | CLONE_NEWNET) != 0) {
            missing = std::string("namespaces of its own: ") + std::strerror(errno);
        } else if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                   ::mount("sysfs", "/sys", "sysfs", 0, nullptr) != 0) {
            missing = std::string("a /sys of its own: ") + std::strerror(errno);
        } else {
            work();
        }
    }).join();
    return missing;
}

template <typename Change>
void change(const char* device, unsigned long read, unsigned long write, Change&& with) {
    ifreq request{};
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool done = ::ioctl(fd, read, &request) == 0 && (with(request), true) &&
                      ::ioctl(fd, write, &request) == 0;
    ::close(fd);
    if (!done) throw std::runtime_error(std::string(device) + ": " + std::strerror(errno));
}

void set_up(const char* device) {
    change(device, SIOCGIFFLAGS, SIOCSIFFLAGS, [](ifreq& r) { r.ifr_flags |= IFF_UP; });
}
void set_mtu(const char* device, int mtu) {
    change(device, SIOCGIFMTU, SIOCSIFMTU, [&](ifreq& r) { r.ifr_mtu = mtu; });
}

}  // namespace

TEST_CASE("without listening everything may have changed, always") {
    LinkEvents events(false);
    REQUIRE(events.changed());
    REQUIRE(events.changed());
    REQUIRE_FALSE(events.is_ours("lo", "1"));
}

TEST_CASE("a change of a device is heard once, and read at once") {
    // Catch's assertions belong to its own thread: what was seen is checked afterwards.
    std::vector<bool> heard;
    std::vector<Values> read;
    bool ours = false;
    bool other = true;
    const std::string missing = in_own_namespaces([&] {
        LinkEvents events(true);
        heard.push_back(events.changed());
        set_up("lo");
        heard.push_back(events.changed());
        heard.push_back(events.changed());
        ours = events.is_ours("lo", std::to_string(::if_nametoindex("lo")));
        other = events.is_ours("lo", "77");

        SeriesTable table;
        Context context;
        context.series = &table;
        const auto netclass = create_netclass(context).value();
        const auto collect = [&](int second) {
            Readings readings;
            if (!netclass->collect(from_unix_ms(second * 1000), readings)) return;
            Values values;
            for (const Reading& r : readings) values[r.series.labels().text()] = r.value;
            read.push_back(std::move(values));
        };
        collect(0);
        collect(1);  // nothing happened: the same again
        set_mtu("lo", 1400);
        collect(2);
    });
    if (!missing.empty()) {
        WARN("SKIP: " << missing);
        return;
    }
    REQUIRE(heard == std::vector<bool>{false, true, false});
    REQUIRE(ours);
    REQUIRE_FALSE(other);
    REQUIRE(read.size() == 3);
    const std::string mtu = "node_network_mtu_bytes{device=\"lo\"}";
    REQUIRE(read[0].at(mtu) == 65536);  // the loopback's (drivers/net/loopback.c)
    REQUIRE(read[0] == read[1]);
    REQUIRE(read[2].at(mtu) == 1400);
    REQUIRE(read[2].size() == read[0].size());
}
