// A time zone as a value: looked up by name once (in configuration), then asked for its offsets.
// Copies share the time-zone database's entry, which lives as long as the program; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/time.h"

namespace date {
class time_zone;
}

namespace tocsin::bridge {

class Zone {
  public:
    Zone() = default;  // UTC, which needs no database
    // Of the system's time-zone database; nothing when it knows no such name.
    static std::optional<Zone> named(std::string_view name);

    // A stretch of time [begin, end) in which local time is UTC + offset. Between two changes of
    // the clock local times and instants map one to one, so whoever walks stretch by stretch meets
    // the hour that comes twice twice, and the hour that is left out never.
    struct Stretch {
        Timestamp begin;
        Timestamp end;
        Duration offset{0};
    };
    [[nodiscard]] Stretch stretch_at(Timestamp t) const;
    [[nodiscard]] std::string name() const;
    bool operator==(const Zone&) const = default;

  private:
    const date::time_zone* zone_ = nullptr;  // null: UTC
};

}  // namespace tocsin::bridge
