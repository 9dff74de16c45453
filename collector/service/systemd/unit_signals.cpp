#include "collector/service/systemd/unit_signals.h"

#include <cstdint>
#include <utility>

namespace tocsin::collector {
namespace {

constexpr char kUnitInterface[] = "org.freedesktop.systemd1.Unit";

using Properties = std::map<std::string, sdbus::Variant>;

template <class T>
T value_or(const Properties& properties, const char* name, T fallback) {
    const auto found = properties.find(name);
    if (found == properties.end() || !found->second.containsValueOfType<T>()) return fallback;
    return found->second.get<T>();
}

void take_job(sdbus::Message& message, SystemdChanges& into) {
    std::uint32_t id = 0;
    sdbus::ObjectPath job;
    std::string unit;
    std::string result;
    message >> id >> job >> unit >> result;
    if (result == "dependency") into.not_started.push_back(std::move(unit));
}

}  // namespace

std::vector<std::string> UnitSignals::rules() {
    const std::string signal = "type='signal',sender='org.freedesktop.systemd1',";
    return {signal +
                "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
                "path_namespace='/org/freedesktop/systemd1/unit'",
            signal +
                "interface='org.freedesktop.systemd1.Manager',member='JobRemoved',"
                "path='/org/freedesktop/systemd1'"};
}

void UnitSignals::take(sdbus::Message& message, SystemdChanges& into) {
    try {
        if (message.getMemberName() == "JobRemoved") {
            take_job(message, into);
        } else {
            take_properties(message, into);
        }
    } catch (const sdbus::Error&) {
        // Not the signal that systemd documents: there is nothing to be read from it.
    }
}

void UnitSignals::take_properties(sdbus::Message& message, SystemdChanges& into) {
    std::string interface;
    Properties properties;
    message >> interface >> properties;
    const std::string path = message.getPath();
    if (interface != kUnitInterface) {
        results_[path] = value_or<std::string>(properties, "Result", "");
        return;
    }
    UnitChange change;
    change.unit = unit_of_path(path);
    change.active_state = value_or<std::string>(properties, "ActiveState", "");
    change.sub_state = value_or<std::string>(properties, "SubState", "");
    change.inactive_since =
        value_or<std::uint64_t>(properties, "InactiveEnterTimestampMonotonic", 0);
    if (const auto result = results_.find(path); result != results_.end()) {
        change.result = std::move(result->second);
        results_.erase(result);
    }
    into.units.push_back(std::move(change));
}

}  // namespace tocsin::collector
