#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

std::string_view to_string(Priority priority) {
    switch (priority) {
        case Priority::kP1:
            return "P1";
        case Priority::kP2:
            return "P2";
        case Priority::kP3:
            return "P3";
        case Priority::kP4:
            return "P4";
    }
    return "";
}

std::optional<Priority> parse_priority(std::string_view text) {
    for (const Priority p : kPriorities) {
        if (to_string(p) == text) return p;
    }
    return std::nullopt;
}

}  // namespace tocsin::bridge
