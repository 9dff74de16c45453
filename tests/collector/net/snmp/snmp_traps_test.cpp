// A receiver as a target, over sockets on loopback.
#include "collector/net/snmp/snmp_traps.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "base/net/file.h"
#include "tests/support/target_bench.h"
#include "tests/support/trap_messages.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::test;

namespace {

// A device: a UDP socket of an address of its own.
class Device {
  public:
    explicit Device(std::uint8_t last = 1) {
        fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const auto at = loopback(0, last);
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at.storage), at.size) == 0);
        const timeval patience{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    }
    ~Device() { ::close(fd_); }
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    std::uint16_t port() const {
        sockaddr_in at{};
        socklen_t size = sizeof(at);
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        return ntohs(at.sin_port);
    }
    void send(const std::string& datagram, std::uint16_t port) const {
        const auto to = loopback(port);
        REQUIRE(::sendto(fd_, datagram.data(), datagram.size(), 0,
                         reinterpret_cast<const sockaddr*>(&to.storage),
                         to.size) == static_cast<ssize_t>(datagram.size()));
    }
    std::string receive() const {
        std::string bytes(2048, '\0');
        const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
        return bytes;
    }

  private:
    int fd_ = -1;
};

std::uint16_t free_port() {
    return Device().port();
}

struct Scene {
    FixtureTree tree;
    std::shared_ptr<TrapsConfig> config = std::make_shared<TrapsConfig>();
    std::uint16_t port = free_port();
    std::unique_ptr<TargetBench> bench;

    explicit Scene(const std::function<void(TrapsConfig&)>& change = {}) {
        config->name = "traps";
        config->job = "snmp_traps";
        config->listen = {{"127.0.0.1", port}};
        config->communities = {"public"};
        if (change) change(*config);
        bench = std::make_unique<TargetBench>(create_snmp_traps, tree, config);
    }
    // Collections until one has `name` as `value`.
    Values collect_until(const std::string& name, double value) const {
        const auto end = std::chrono::steady_clock::now() + 30s;
        Values values = bench->collect();
        while (!values.contains(name) || values.at(name) != value) {
            INFO(name << " is not " << value);
            REQUIRE(std::chrono::steady_clock::now() < end);
            values = bench->collect();
        }
        return values;
    }
};

std::string came(const std::string& instance, const std::string& oid) {
    return R"(tocsin_traps_total{instance=")" + instance + R"(", job="snmp_traps", oid=")" + oid +
           "\"}";
}
std::string dropped(const std::string& reason) {
    return R"(tocsin_traps_dropped_total{reason=")" + reason + R"(", receiver="traps"})";
}
std::string refused(const std::string& reason) {
    return R"(tocsin_traps_refused_total{reason=")" + reason + R"(", receiver="traps"})";
}

const std::string kPort7 =
    R"(tocsin_trap_active{alert="LinkDown", ifIndex="7", instance="core", job="snmp_traps", severity="warning"})";

void name_core(TrapsConfig& config) {
    config.instances = {{"127.0.0.1", "core"}};
}

}  // namespace

TEST_CASE("a link that goes down is active until it is up") {
    Scene scene(name_core);
    const Device device;
    CHECK(scene.bench->collect().at(R"(tocsin_traps_unmapped_total{receiver="traps"})") == 0);
    device.send(v2c(kLinkDown, 7), scene.port);
    scene.collect_until(kPort7, 1);
    device.send(v2c(kLinkUp, 8), scene.port);
    CHECK(scene.collect_until(came("core", kLinkUp), 1).contains(kPort7));
    device.send(v2c(kLinkUp, 7), scene.port);
    const Values values = scene.collect_until(came("core", kLinkUp), 2);
    CHECK_FALSE(values.contains(kPort7));
    CHECK(values.at(came("core", kLinkDown)) == 1);
    CHECK(values.at(refused("malformed")) == 0);
}

TEST_CASE("an inform is acknowledged to where it came from") {
    Scene scene;
    const Device device(9);
    device.send(v2c(kLinkDown, 7, kInformTag), scene.port);
    scene.collect_until(came("127.0.0.9", kLinkDown), 1);
    CHECK(device.receive() == v2c(kLinkDown, 7, 0xA2));
}

TEST_CASE("a trap that no mapping knows is counted, by its device") {
    Scene scene;
    const Device device(3);
    device.send(v2c("1.3.6.1.4.1.99.0.1", 7), scene.port);
    scene.collect_until(came("127.0.0.3", "1.3.6.1.4.1.99.0.1"), 1);
    device.send(v2c("1.3.6.1.4.1.99.0.1", 7), scene.port);
    const Values values = scene.collect_until(came("127.0.0.3", "1.3.6.1.4.1.99.0.1"), 2);
    CHECK(values.at(R"(tocsin_traps_unmapped_total{receiver="traps"})") == 2);
}

TEST_CASE("what is active survives a restart, and what came while the agent stopped is saved") {
    Scene scene(name_core);
    const Device device;
    device.send(v2c(kLinkDown, 7), scene.port);
    scene.collect_until(kPort7, 1);
    scene.bench->restart();
    CHECK(scene.bench->collect().contains(kPort7));
    device.send(v2c(kLinkUp, 7), scene.port);
    scene.collect_until(came("core", kLinkUp), 1);
    scene.bench->restart();
    CHECK_FALSE(scene.bench->collect().contains(kPort7));
    // A state that does not read is none, and no reason not to start.
    const std::string path = scene.tree.at("state/snmp_traps_traps");
    REQUIRE(net::read_file(path));
    scene.tree.write("state/snmp_traps_traps", "half of");
    scene.bench->restart();
    CHECK_FALSE(scene.bench->collect().contains(kPort7));
}

TEST_CASE("ten thousand traps of one device are bounded and counted, and cost another nothing") {
    Scene scene([](TrapsConfig& config) { config.rate = 20; });
    const Device flood(5);
    const Device other(6);
    scene.bench->collect();
    for (int i = 0; i < 10'000; ++i) flood.send(v2c(kLinkDown, i % 100), scene.port);
    const auto end = std::chrono::steady_clock::now() + 30s;
    double all = 0;
    Values values;
    while (all < 10'000) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        // The kernel tells what it dropped beside the next datagram.
        other.send(v2c(kLinkUp, 1), scene.port);
        values = scene.bench->collect();
        const auto at = values.find(came("127.0.0.5", kLinkDown));
        const auto own = values.find(came("127.0.0.6", kLinkUp));
        all = values.at(dropped("rate")) + values.at(dropped("buffer")) +
              (at == values.end() ? 0 : at->second) + (own == values.end() ? 0 : own->second);
    }
    CHECK(values.contains(came("127.0.0.6", kLinkUp)));
    // Twenty in each second that it took.
    CHECK(values.at(came("127.0.0.5", kLinkDown)) <= 20 * 31);
    CHECK(values.at(dropped("rate")) + values.at(dropped("buffer")) > 8'000);
}

TEST_CASE("an address that is taken fails its collections until it is free") {
    Scene scene;
    const std::uint16_t port = scene.port;
    scene.bench.reset();
    {
        const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const auto at = loopback(port);
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&at.storage), at.size) == 0);
        scene.bench = std::make_unique<TargetBench>(create_snmp_traps, scene.tree, scene.config);
        scene.bench->collect_any();
        CHECK(scene.bench->error() == "listening on UDP 127.0.0.1 port " + std::to_string(port) +
                                          ": Address already in use");
        ::close(fd);
    }
    scene.bench->collect();
    const Device device(9);
    device.send(v2c(kLinkDown, 7), port);
    scene.collect_until(came("127.0.0.9", kLinkDown), 1);
}

TEST_CASE("a file of mappings is read anew in place, and one that is wrong costs itself alone") {
    FixtureTree files;
    files.write("a.yml", "fan: {oid: 1.3.6.1.4.1.99.0.1, alert: FanFailed, severity: critical}");
    Scene scene([&](TrapsConfig& config) { config.mapping_files = {files.root()}; });
    const auto active = [](const std::string& alert) {
        return R"(tocsin_trap_active{alert=")" + alert +
               R"(", instance="127.0.0.1", job="snmp_traps", severity="critical"})";
    };
    const Device device;
    device.send(v2c("1.3.6.1.4.1.99.0.1", 7), scene.port);
    scene.collect_until(active("FanFailed"), 1);

    // Wrong at a reload: what it said before is in force, as is what it raised.
    files.write("a.yml", "fan: {oid: 1.3.6.1.4.1.99.0.1, alert: FanFailed}");
    files.write("b.yml",
                "door: {oid: 1.3.6.1.4.1.99.0.2, alert: DoorOpen, severity: critical, hold: 1d}");
    CHECK(scene.bench->target().reread());
    CHECK(scene.bench->collect().contains(active("FanFailed")));
    device.send(v2c("1.3.6.1.4.1.99.0.2", 7), scene.port);
    CHECK(scene.collect_until(active("DoorOpen"), 1).contains(active("FanFailed")));

    // The receiver is made anew though a file is wrong of which no version is in force, and what
    // that file may raise stays.
    files.write("c.yml", "gate: {oid: 1.3.6.1.4.1.99.0.3, alert: GateOpen}");
    std::filesystem::remove(files.at("a.yml"));
    scene.bench->restart();
    CHECK(scene.bench->collect().contains(active("FanFailed")));
    // When all of them are right, what nothing raises is over.
    std::filesystem::remove(files.at("c.yml"));
    CHECK(scene.bench->target().reread());
    const Values values = scene.bench->collect();
    CHECK_FALSE(values.contains(active("FanFailed")));
    CHECK(values.contains(active("DoorOpen")));
}

TEST_CASE("strangers are counted by reason") {
    Scene scene;
    const Device device;
    device.send(v2c(kLinkDown, 7, kTrapTag, "private"), scene.port);
    device.send("not SNMP", scene.port);
    device.send(from_hex(V3::kStranger), scene.port);
    scene.collect_until(refused("user"), 1);
    const Values values = scene.bench->collect();
    CHECK(values.at(refused("community")) == 1);
    CHECK(values.at(refused("malformed")) == 1);
    for (const auto& [name, _] : values) CHECK_FALSE(name.starts_with("tocsin_traps_total"));
}
