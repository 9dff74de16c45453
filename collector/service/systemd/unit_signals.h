// systemd's signals of units, taken apart. For the module's D-Bus side alone.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <string>
#include <vector>

#include "collector/service/systemd/manager.h"

namespace tocsin::collector {

class UnitSignals {
  public:
    // Match rules of what take() understands: PropertiesChanged of units, and JobRemoved.
    static std::vector<std::string> rules();
    // Adds what the message says to `into`; one of another shape says nothing.
    void take(sdbus::Message& message, SystemdChanges& into);

  private:
    void take_properties(sdbus::Message& message, SystemdChanges& into);

    // systemd tells a unit's change in two signals, first of its kind (with the result), then of
    // what all units have. Between the two, the result by the object's path.
    std::map<std::string, std::string> results_;
};

}  // namespace tocsin::collector
