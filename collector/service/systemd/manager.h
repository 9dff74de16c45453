// What the collector asks systemd for, in its own words; D-Bus stands behind it, or a test's fake.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::collector {

struct SystemdUnit {
    std::string name;
    std::string load_state;    // "loaded", "not-found", "masked", …
    std::string active_state;  // "active", "activating", "deactivating", "inactive", "failed", …
    std::string path;          // of its object
};

// A unit's state at the moment when systemd said that it had changed.
struct UnitChange {
    std::string unit;
    std::string result;  // how it ended last: "success", "exit-code", "timeout", …; "" of a target
    std::string active_state;
    std::string sub_state;
    std::uint64_t inactive_since = 0;  // when it left activity last, monotonic microseconds
};

struct SystemdChanges {
    // Set when systemd begins to tell (at first, after a lost bus): what was before is not known.
    bool missed = false;
    std::uint64_t since = 0;               // when it began, monotonic microseconds
    std::vector<UnitChange> units;         // in their order
    std::vector<std::string> not_started;  // units that did not start as one they require failed
};

class SystemdManager {
  public:
    virtual ~SystemdManager() = default;
    virtual Result<std::string> version() = 0;
    virtual Result<std::string> system_state() = 0;  // "running", "degraded", …
    virtual Result<std::vector<SystemdUnit>> units() = 0;
    // A property of a unit: `interface` is "Unit" or what it is besides, "Service", "Timer", ….
    // kNotFound when there is no such unit or property. Booleans are 0 and 1.
    virtual Result<std::string> text(const SystemdUnit& unit, std::string_view interface,
                                     std::string_view property) = 0;
    virtual Result<std::uint64_t> number(const SystemdUnit& unit, std::string_view interface,
                                         std::string_view property) = 0;
    // Changes whenever the units' files are read again; 0 from a systemd that does not say.
    virtual Result<std::uint64_t> units_loaded_at() = 0;
    // What systemd told since this was asked last. Asks it to tell, where it does not yet.
    virtual Result<SystemdChanges> changes() = 0;
};

// "Service" of "nginx.service".
std::string unit_interface(std::string_view unit);
// The unit of an object: "nginx.service" of "/org/freedesktop/systemd1/unit/nginx_2eservice". Pure.
std::string unit_of_path(std::string_view path);

// Over the system bus ($DBUS_SYSTEM_BUS_ADDRESS). Connects when first asked, and again when the
// bus was lost. Blocks for `timeout` a call at most.
std::unique_ptr<SystemdManager> make_dbus_manager(Duration timeout);

}  // namespace tocsin::collector
