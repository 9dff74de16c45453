// What clients ask about who is on call, read from their requests. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/net/http.h"
#include "bridge/api/access.h"
#include "bridge/oncall/people.h"
#include "bridge/store/oncall_rows.h"

namespace tocsin::bridge {

inline constexpr Duration kLongestView = 24h * 400;
inline constexpr Duration kLongestOverride = 24h * 366;

// GET /api/v1/oncall.
struct OncallQuery {
    Timestamp at;
    std::optional<Timestamp> from;  // with `to`: the shifts between them
    std::optional<Timestamp> to;
    std::string team;  // "" for any
    std::string rotation;
};
// kNotFound for a team or a rotation that is not configured.
Result<OncallQuery> parse_oncall_query(const net::Request& request, const Oncall& oncall,
                                       Timestamp now);
// A rotation is a team's when it says so, or when the team's policy asks it.
bool is_of_team(const Oncall& oncall, const Rotation& rotation, std::string_view team);

// GET /api/v1/oncall/overrides: {from, to}; 30 days back and a year ahead unless given.
Result<std::pair<Timestamp, Timestamp>> parse_override_window(const net::Request& request,
                                                              Timestamp now);

// POST /api/v1/oncall/overrides: {"rotation", "person", "instead_of", "kind", "from", "to" | "for",
// "why", "actor"}. Who takes it is the caller unless said.
Result<OverrideRow> parse_override(std::string_view body, const Caller& caller,
                                   const Oncall& oncall, Timestamp now);

// Whether each of the two has a shift to give, by the overrides that stand; kInvalid says what
// there is instead of a swap.
Result<void> check_swap(const Override& swap, const Rotation& rotation,
                        const std::vector<Override>& overrides);

// DELETE of one: {"why", "actor"}.
struct Cancellation {
    std::string actor;
    std::string why;
};
Result<Cancellation> parse_cancellation(std::string_view body, const Caller& caller);

// POST /api/v1/oncall/test: {"person", "actor"}; whom to send tests to. Whether the caller may is
// may_test()'s.
// Their own contacts; those of others for admins alone (403).
bool may_test(const Caller& caller, std::string_view person);
Result<std::string> parse_test(std::string_view body, const Caller& caller, const Oncall& oncall);

}  // namespace tocsin::bridge
