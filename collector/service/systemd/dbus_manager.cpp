#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <tuple>
#include <utility>

#include "collector/service/systemd/manager.h"

namespace tocsin::collector {
namespace {

constexpr char kDestination[] = "org.freedesktop.systemd1";
constexpr char kManagerPath[] = "/org/freedesktop/systemd1";
constexpr char kManager[] = "org.freedesktop.systemd1.Manager";
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";

// ListUnits' answer, org.freedesktop.systemd1(5): name, description, load state, active state,
// sub state, followed unit, object path, job's number, type and path.
using UnitRow =
    sdbus::Struct<std::string, std::string, std::string, std::string, std::string, std::string,
                  sdbus::ObjectPath, std::uint32_t, std::string, sdbus::ObjectPath>;

bool has_name(const sdbus::Error& error, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (error.getName() == name) return true;
    }
    return false;
}

// sd-bus names what the system reports System.Error.<errno>.
bool bus_is_lost(const sdbus::Error& error) {
    return has_name(error,
                    {"org.freedesktop.DBus.Error.Disconnected", "System.Error.ENOTCONN",
                     "System.Error.ECONNRESET", "System.Error.EPIPE", "System.Error.ESHUTDOWN"});
}

bool timed_out(const sdbus::Error& error) {
    return has_name(error,
                    {"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Timeout",
                     "org.freedesktop.DBus.Error.TimedOut", "System.Error.ETIMEDOUT"});
}

bool is_missing(const sdbus::Error& error) {
    return has_name(
        error,
        {"org.freedesktop.DBus.Error.UnknownProperty", "org.freedesktop.DBus.Error.InvalidArgs",
         "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownInterface",
         "org.freedesktop.systemd1.NoSuchUnit"});
}

Error translate(const sdbus::Error& error, std::string_view what) {
    const ErrorCode code = timed_out(error)    ? ErrorCode::kTimeout
                           : is_missing(error) ? ErrorCode::kNotFound
                                               : ErrorCode::kUnavailable;
    return Error(code, "systemd, " + std::string(what) + ": " + error.getMessage());
}

class DbusManager final : public SystemdManager {
  public:
    explicit DbusManager(Duration timeout) : timeout_(timeout) {}

    Result<std::string> version() override {
        return property<std::string>(kManagerPath, kManager, "Version");
    }

    Result<std::string> system_state() override {
        return property<std::string>(kManagerPath, kManager, "SystemState");
    }

    Result<std::uint64_t> units_loaded_at() override {
        auto loaded =
            property<std::uint64_t>(kManagerPath, kManager, "UnitsLoadTimestampMonotonic");
        if (!loaded && loaded.error().code == ErrorCode::kNotFound) return std::uint64_t{0};
        return loaded;
    }

    Result<std::string> unit_type(const SystemdUnit& unit) override {
        const bool mount = unit.name.ends_with(".mount");
        return property<std::string>(
            unit.path,
            mount ? "org.freedesktop.systemd1.Mount" : "org.freedesktop.systemd1.Service", "Type");
    }

    Result<std::vector<SystemdUnit>> units() override {
        return attempt<std::vector<SystemdUnit>>("ListUnits", [&](sdbus::IConnection& bus) {
            const auto proxy = sdbus::createProxy(bus, kDestination, kManagerPath);
            std::vector<UnitRow> rows;
            proxy->callMethod("ListUnits")
                .onInterface(kManager)
                .withTimeout(timeout_)
                .storeResultsTo(rows);
            std::vector<SystemdUnit> units;
            units.reserve(rows.size());
            for (UnitRow& row : rows) {
                units.push_back({std::move(std::get<0>(row)), std::move(std::get<2>(row)),
                                 std::move(std::get<3>(row)), std::move(std::get<6>(row))});
            }
            return units;
        });
    }

  private:
    template <class T>
    Result<T> property(const std::string& path, const std::string& interface,
                       const std::string& name) {
        return attempt<T>(name, [&](sdbus::IConnection& bus) {
            const auto proxy = sdbus::createProxy(bus, kDestination, path);
            sdbus::Variant value;
            proxy->callMethod("Get")
                .onInterface(kProperties)
                .withTimeout(timeout_)
                .withArguments(interface, name)
                .storeResultsTo(value);
            return value.get<T>();
        });
    }

    // Runs the call; on a connection that turns out to be dead, once more on a new one.
    template <class T, class Call>
    Result<T> attempt(std::string_view what, Call call) {
        const bool was_connected = bus_ != nullptr;
        try {
            if (!bus_) bus_ = sdbus::createSystemBusConnection();
            return call(*bus_);
        } catch (const sdbus::Error& error) {
            if (!bus_) return translate(error, "connecting to the system bus");
            if (!bus_is_lost(error)) return translate(error, what);
            bus_.reset();
            if (!was_connected) return translate(error, what);
        }
        return attempt<T>(what, call);
    }

    Duration timeout_;
    std::unique_ptr<sdbus::IConnection> bus_;
};

}  // namespace

std::unique_ptr<SystemdManager> make_dbus_manager(Duration timeout) {
    return std::make_unique<DbusManager>(timeout);
}

}  // namespace tocsin::collector
