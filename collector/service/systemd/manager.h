// What the collector asks systemd for, in its own words; D-Bus stands behind it, or a test's fake.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
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

class SystemdManager {
  public:
    virtual ~SystemdManager() = default;
    virtual Result<std::string> version() = 0;
    virtual Result<std::string> system_state() = 0;  // "running", "degraded", …
    virtual Result<std::vector<SystemdUnit>> units() = 0;
    // The type of a service ("simple", "oneshot") or of a mount's file system.
    virtual Result<std::string> unit_type(const SystemdUnit& unit) = 0;
    // Changes whenever the units' files are read again; 0 from a systemd that does not say.
    virtual Result<std::uint64_t> units_loaded_at() = 0;
};

// Over the system bus ($DBUS_SYSTEM_BUS_ADDRESS). Connects when first asked, and again when the
// bus was lost. Blocks for `timeout` a call at most.
std::unique_ptr<SystemdManager> make_dbus_manager(Duration timeout);

}  // namespace tocsin::collector
