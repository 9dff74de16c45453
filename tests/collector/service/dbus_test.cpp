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

constexpr char kPython[] = "/usr/bin/python3";
constexpr char kFake[] = TOCSIN_SOURCE_DIR "/tests/support/fake_systemd.py";
constexpr std::string_view kState =
    R"({"version": "252.1", "state": "degraded", "loaded_at": 77,
        "units": [["a.service", "loaded", "active", "simple"],
                  ["b.mount", "loaded", "failed", "ext4"]],
        "properties": {"a.service": {"Service.NRestarts": ["u", 2],
                                     "Service.TasksMax": ["t", 18446744073709551615],
                                     "Service.Result": ["s", "success"]},
                       "b.mount": {"Mount.DirectoryMode": ["u", 493],
                                   "Mount.SloppyOptions": ["b", true]}}})";

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
        start_systemd();
    }
    void stop() {
        systemd_.reset();
        daemon_.reset();
        tree_.remove("bus");
    }
    void stop_systemd() { systemd_.reset(); }
    void start_systemd() {
        systemd_.emplace(std::vector<std::string>{kPython, kFake, tree_.at("state.json")});
        REQUIRE(systemd_->read_line() == "ready");
    }
    // Has the fake tell of a change; it has when this returns.
    static void tell(std::vector<std::string> what) {
        what.insert(what.begin(), {kPython, kFake});
        ChildProcess teller(std::move(what));
        REQUIRE(teller.read_line() == "done");
    }
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
    REQUIRE(manager->text(units[0], "Service", "Type").value() == "simple");
    REQUIRE(manager->text(units[1], "Mount", "Type").value() == "ext4");
    REQUIRE(manager->number(units[0], "Service", "NRestarts").value() == 2);
    REQUIRE(manager->number(units[0], "Service", "TasksMax").value() == ~std::uint64_t{0});
    REQUIRE(manager->number(units[1], "Mount", "SloppyOptions").value() == 1);
    REQUIRE(manager->number(units[0], "Service", "None").error().code == ErrorCode::kNotFound);
    REQUIRE(manager->number(units[0], "Service", "Result").error().code == ErrorCode::kInvalid);
    REQUIRE(manager->text(units[0], "Service", "NRestarts").error().code == ErrorCode::kInvalid);
}

TEST_CASE("what systemd tells between two questions is kept, in order") {
    const Bus bus;
    const auto manager = make_dbus_manager(10s);
    const SystemdChanges first = manager->changes().value();
    REQUIRE(first.missed);
    REQUIRE(first.since > 0);
    Bus::tell({"change", "a.service", "exit-code", "failed", "failed", "17"});
    Bus::tell({"change", "a.service", "exit-code", "activating", "auto-restart", "17"});
    Bus::tell({"cancel", "c.service"});
    REQUIRE(manager->version());  // what arrives during a call counts too
    const SystemdChanges told = manager->changes().value();
    REQUIRE_FALSE(told.missed);
    REQUIRE(told.units.size() == 2);
    REQUIRE(told.units[0].unit == "a.service");
    REQUIRE(told.units[0].result == "exit-code");
    REQUIRE(told.units[0].active_state == "failed");
    REQUIRE(told.units[0].inactive_since == 17);
    REQUIRE(told.units[1].sub_state == "auto-restart");
    REQUIRE(told.not_started == std::vector<std::string>{"c.service"});
    const SystemdChanges none = manager->changes().value();
    REQUIRE(none.units.empty());
    REQUIRE(none.not_started.empty());
}

TEST_CASE("a change that another than systemd tells is not believed") {
    const Bus bus;
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->changes());
    Bus::tell({"forge", "a.service", "exit-code", "failed", "failed", "17"});
    Bus::tell({"change", "b.mount", "exit-code", "failed", "failed", "18"});
    const SystemdChanges told = manager->changes().value();
    REQUIRE(told.units.size() == 1);
    REQUIRE(told.units[0].unit == "b.mount");
}

TEST_CASE("systemd is asked to tell again after a lost bus, and after it left the bus") {
    Bus bus;
    const auto manager = make_dbus_manager(10s);
    REQUIRE(manager->changes().value().missed);
    REQUIRE_FALSE(manager->changes().value().missed);
    SECTION("the bus") {
        bus.stop();
        REQUIRE_FALSE(manager->changes());
        bus.start();
    }
    SECTION("systemd alone") {
        bus.stop_systemd();
        REQUIRE_FALSE(manager->changes());
        bus.start_systemd();
    }
    REQUIRE(manager->changes().value().missed);
    Bus::tell({"change", "a.service", "signal", "failed", "failed", "17"});
    REQUIRE(manager->changes().value().units.size() == 1);
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
    REQUIRE(manager->text(gone, "Service", "Type").error().code == ErrorCode::kNotFound);
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
