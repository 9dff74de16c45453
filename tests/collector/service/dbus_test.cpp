// The D-Bus side of the systemd collector against a real, private bus.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "collector/service/systemd/manager.h"
#include "tests/support/child_process.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::ChildProcess;
using test::FixtureTree;

namespace {

constexpr std::string_view kState =
    R"({"version": "252.1", "state": "degraded", "loaded_at": 77,
        "units": [["a.service", "loaded", "active", "simple"],
                  ["b.mount", "loaded", "failed", "ext4"]]})";

// A bus of its own, named to this process as the system's.
class Bus {
  public:
    Bus() {
        tree_.write("bus.conf",
                    "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration "
                    "1.0//EN\" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
                    "<busconfig><type>system</type><auth>EXTERNAL</auth>"
                    "<listen>unix:path=" +
                        tree_.at("bus") +
                        "</listen><policy context=\"default\"><allow user=\"*\"/>"
                        "<allow own=\"*\"/><allow send_destination=\"*\"/>"
                        "<allow eavesdrop=\"true\"/></policy></busconfig>\n");
        tree_.write("state.json", kState);
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + tree_.at("bus")).c_str(), 1);
        start();
    }
    ~Bus() {
        systemd_.reset();
        daemon_.reset();
        ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    }
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    void start() {
        daemon_.emplace(std::vector<std::string>{"/usr/bin/dbus-daemon", "--nofork", "--nopidfile",
                                                 "--print-address=1",
                                                 "--config-file=" + tree_.at("bus.conf")});
        daemon_->read_line();
        systemd_.emplace(std::vector<std::string>{
            "/usr/bin/python3", TOCSIN_SOURCE_DIR "/tests/support/fake_systemd.py",
            tree_.at("state.json")});
        REQUIRE(systemd_->read_line() == "ready");
    }
    void stop() {
        systemd_.reset();
        daemon_.reset();
        tree_.remove("bus");
    }
    void stop_systemd() { systemd_.reset(); }
    ChildProcess& systemd() { return *systemd_; }
    const FixtureTree& tree() const { return tree_; }

  private:
    FixtureTree tree_;
    std::optional<ChildProcess> daemon_;
    std::optional<ChildProcess> systemd_;
};

}  // namespace

TEST_CASE("the manager's answers are read from the bus") {
    const Bus bus;
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->version().value() == "252.1");
    REQUIRE(manager->system_state().value() == "degraded");
    REQUIRE(manager->units_loaded_at().value() == 77);
    const auto units = manager->units().value();
    REQUIRE(units.size() == 2);
    REQUIRE(units[0].name == "a.service");
    REQUIRE(units[0].load_state == "loaded");
    REQUIRE(units[0].active_state == "active");
    REQUIRE(manager->unit_type(units[0]).value() == "simple");
    REQUIRE(manager->unit_type(units[1]).value() == "ext4");
}

TEST_CASE("a property that an older systemd lacks is not an error") {
    const Bus bus;
    bus.tree().write("state.json", R"({"version": "215", "state": "running", "units": []})");
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->units_loaded_at().value() == 0);
    REQUIRE(manager->units().value().empty());
}

TEST_CASE("a unit that has gone has no type") {
    const Bus bus;
    const auto manager = make_dbus_manager(10s);
    const SystemdUnit gone{"gone.service", "loaded", "active",
                           "/org/freedesktop/systemd1/unit/none"};
    REQUIRE_FALSE(manager->unit_type(gone));
}

TEST_CASE("no bus is unavailable, and its coming is noticed") {
    Bus bus;
    bus.stop();
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->version().error().code == ErrorCode::kUnavailable);
    bus.start();
    REQUIRE(manager->version().value() == "252.1");
}

TEST_CASE("a lost bus is connected to again within the same question") {
    Bus bus;
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->version());
    bus.stop();
    REQUIRE_FALSE(manager->version());
    bus.start();
    REQUIRE(manager->version().value() == "252.1");
    bus.stop();
    bus.start();
    REQUIRE(manager->units().value().size() == 2);
}

TEST_CASE("a systemd that has left the bus is unavailable until it returns") {
    Bus bus;
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->version());
    bus.stop_systemd();
    REQUIRE(manager->version().error().code == ErrorCode::kUnavailable);
}

TEST_CASE("a systemd that does not answer is a time-out and answers again later") {
    Bus bus;
    const auto manager = make_dbus_manager(200ms);
    REQUIRE(manager->version());
    bus.systemd().signal(SIGSTOP);
    REQUIRE(manager->version().error().code == ErrorCode::kTimeout);
    bus.systemd().signal(SIGCONT);
    REQUIRE(make_dbus_manager(10s)->version().value() == "252.1");
    REQUIRE(manager->version());
}
