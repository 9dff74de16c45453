// The states of an incident and of an alert, and their words on the wire.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tocsin::bridge {

enum class State { kTriggered, kAcknowledged, kPending, kResolved, kClosed };

inline constexpr std::array kStates = {State::kTriggered, State::kAcknowledged, State::kPending,
                                       State::kResolved, State::kClosed};

std::string_view to_string(State state);  // "triggered" …
std::optional<State> parse_state(std::string_view text);
// Every state but resolved and closed: what `state=open` lists.
constexpr bool is_open(State state) {
    return state != State::kResolved && state != State::kClosed;
}

// Of one alert as the bridge knows it. Unknown: its news stopped, so nobody can say.
enum class AlertStatus { kFiring, kResolved, kUnknown };
std::string_view to_string(AlertStatus status);  // "firing", "resolved", "unknown"
std::optional<AlertStatus> parse_alert_status(std::string_view text);

}  // namespace tocsin::bridge
