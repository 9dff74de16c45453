#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

#include "collector/service/systemd/manager.h"
#include "collector/service/systemd/unit_signals.h"

namespace tocsin::collector {
namespace {

constexpr char kDestination[] = "org.freedesktop.systemd1";
constexpr char kManagerPath[] = "/org/freedesktop/systemd1";
constexpr char kManager[] = "org.freedesktop.systemd1.Manager";
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";
constexpr char kInterfaces[] = "org.freedesktop.systemd1.";

// Signals that one look takes from the bus at most; the rest stays for the next.
constexpr int kMostSignals = 100'000;

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

std::optional<std::string> plain_text(const sdbus::Variant& value) {
    if (value.containsValueOfType<std::string>()) return value.get<std::string>();
    return std::nullopt;
}

std::optional<std::uint64_t> plain_number(const sdbus::Variant& value) {
    if (value.containsValueOfType<std::uint64_t>()) return value.get<std::uint64_t>();
    if (value.containsValueOfType<std::uint32_t>()) return value.get<std::uint32_t>();
    if (value.containsValueOfType<bool>()) return value.get<bool>() ? 1 : 0;
    return std::nullopt;
}

class DbusManager final : public SystemdManager {
  public:
    explicit DbusManager(Duration timeout) : timeout_(timeout) {}

    Result<std::string> version() override {
        return property(kManagerPath, kManager, "Version", plain_text);
    }

    Result<std::string> system_state() override {
        return property(kManagerPath, kManager, "SystemState", plain_text);
    }

    Result<std::uint64_t> units_loaded_at() override {
        auto loaded = property(kManagerPath, kManager, "UnitsLoadTimestampMonotonic", plain_number);
        if (!loaded && loaded.error().code == ErrorCode::kNotFound) return std::uint64_t{0};
        return loaded;
    }

    Result<std::string> text(const SystemdUnit& unit, std::string_view interface,
                             std::string_view name) override {
        return property(unit.path, kInterfaces + std::string(interface), std::string(name),
                        plain_text);
    }

    Result<std::uint64_t> number(const SystemdUnit& unit, std::string_view interface,
                                 std::string_view name) override {
        return property(unit.path, kInterfaces + std::string(interface), std::string(name),
                        plain_number);
    }

    Result<SystemdChanges> changes() override {
        return attempt<SystemdChanges>("Subscribe", [&](sdbus::IConnection& bus) {
            subscribe(bus);
            int left = kMostSignals;
            while (left > 0 && bus.processPendingRequest()) --left;
            return std::exchange(changes_, {});
        });
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
                       const std::string& name,
                       std::optional<T> (*convert)(const sdbus::Variant&)) {
        TOCSIN_TRY(std::optional<T> converted,
                   attempt<std::optional<T>>(name, [&](sdbus::IConnection& bus) {
                       const auto proxy = sdbus::createProxy(bus, kDestination, path);
                       sdbus::Variant value;
                       proxy->callMethod("Get")
                           .onInterface(kProperties)
                           .withTimeout(timeout_)
                           .withArguments(interface, name)
                           .storeResultsTo(value);
                       return convert(value);
                   }));
        if (converted) return std::move(*converted);
        return Error(ErrorCode::kInvalid,
                     "systemd, " + name + " of " + path + " is not of the type documented");
    }

    void connect() {
        auto bus = sdbus::createSystemBusConnection();
        signals_ = UnitSignals();
        for (const std::string& rule : UnitSignals::rules()) {
            bus->addMatch(
                rule,
                [this](sdbus::Message& message) {
                    if (message.getSender() == owner_) signals_.take(message, changes_);
                },
                sdbus::floating_slot);
        }
        bus_ = std::move(bus);
    }

    // Asked each time, as it is systemd that forgets who listens when its own connection is lost.
    void subscribe(sdbus::IConnection& bus) {
        const auto since = std::chrono::steady_clock::now().time_since_epoch();
        try {
            const auto systemd = sdbus::createProxy(bus, kDestination, kManagerPath);
            systemd->callMethod("Subscribe").onInterface(kManager).withTimeout(timeout_);
        } catch (const sdbus::Error& error) {
            if (error.getName() != "org.freedesktop.systemd1.AlreadySubscribed") throw;
            if (!owner_.empty()) return;
        }
        const auto daemon =
            sdbus::createProxy(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus");
        daemon->callMethod("GetNameOwner")
            .onInterface("org.freedesktop.DBus")
            .withTimeout(timeout_)
            .withArguments(std::string(kDestination))
            .storeResultsTo(owner_);
        changes_.missed = true;
        changes_.since = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(since).count());
    }

    // Runs the call; on a connection that turns out to be dead, once more on a new one.
    template <class T, class Call>
    Result<T> attempt(std::string_view what, Call call) {
        const bool was_connected = bus_ != nullptr;
        try {
            if (!bus_) connect();
            return call(*bus_);
        } catch (const sdbus::Error& error) {
            if (!bus_) return translate(error, "connecting to the system bus");
            if (!bus_is_lost(error)) return translate(error, what);
            bus_.reset();
            owner_.clear();
            if (!was_connected) return translate(error, what);
        }
        return attempt<T>(what, call);
    }

    Duration timeout_;
    UnitSignals signals_;
    SystemdChanges changes_;  // told since they were last asked for
    std::string owner_;       // systemd's unique name: any other sender makes it up
    std::unique_ptr<sdbus::IConnection> bus_;
};

}  // namespace

std::unique_ptr<SystemdManager> make_dbus_manager(Duration timeout) {
    return std::make_unique<DbusManager>(timeout);
}

}  // namespace tocsin::collector
