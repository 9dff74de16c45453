// The order of work: P1 first. A contact says for which of them it may be used.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tocsin::bridge {

// Smaller is more urgent, so `a < b` reads "a comes before b".
enum class Priority { kP1 = 1, kP2, kP3, kP4 };

inline constexpr std::array kPriorities = {Priority::kP1, Priority::kP2, Priority::kP3,
                                           Priority::kP4};

std::string_view to_string(Priority priority);  // "P1" … "P4"
std::optional<Priority> parse_priority(std::string_view text);

}  // namespace tocsin::bridge
