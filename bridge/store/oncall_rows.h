// Overrides and swaps of rotations as rows, and the audit log of what was done to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/rotation.h"

namespace tocsin::bridge {

struct OverrideRow {
    Override what;  // as it was made; its id is the row's
    std::string why;
    std::string actor;  // who made it
    Timestamp created_at;
    std::string cancelled_by;  // "" while it stands
    std::optional<Timestamp> cancelled_at;

    // As it counts: a cancelled one until it was cancelled. `from` >= `to` when it never did.
    [[nodiscard]] Override effective() const;
};

struct OncallLogRow {
    std::int64_t id = 0;
    Timestamp at;
    std::string actor;
    std::string kind;  // "cover", "swap", "cancel"
    std::int64_t override_id = 0;
    std::string text;
};

// Those that count, as the core wants them.
std::vector<Override> effective(const std::vector<OverrideRow>& rows);

}  // namespace tocsin::bridge
