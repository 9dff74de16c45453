// What a group must remember over a restart, as values and as the text that the outbox keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/labels.h"
#include "rules/alert/level_state.h"

namespace tocsin::rules {

struct SavedLevel {
    std::string name;
    LevelPhase phase = LevelPhase::kNone;
    Duration elapsed{0};  // in the phase, when it was saved
    std::optional<Duration> leaving;

    bool operator==(const SavedLevel&) const = default;
};

struct SavedAlert {
    Labels labels;  // without level, without the agent's own
    Labels source;  // of the sample
    std::string level;
    double value = 0;
    double told_value = 0;
    std::string told_reason;
    Timestamp active_at;
    Timestamp level_since;
    std::uint64_t seq = 0;  // of its last transition
    bool unknown = false;
    std::optional<Duration> missing;  // without a value for so long
    std::vector<SavedLevel> levels;
};

struct SavedRule {
    std::string key;  // alert name and labels as written, and which one of several such
    bool is_threshold = false;
    std::vector<SavedAlert> alerts;
};

struct SavedGroup {
    std::string key;  // "<file>;<group>"
    Timestamp saved_at;
    std::uint64_t seq = 0;
    std::vector<SavedRule> rules;
};

// JSON with a version of its own. kInvalid when the text is none of ours or of a newer version.
std::string to_text(const SavedGroup& group);
Result<SavedGroup> parse_saved_group(std::string_view text);

}  // namespace tocsin::rules
