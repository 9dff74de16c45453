#include "bridge/api/oncall_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "bridge/incident/decide.h"
#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostWhy = 2000;

Error bad(std::string message) {
    return {ErrorCode::kInvalid, std::move(message), Retry::kNo};
}

Result<std::optional<Timestamp>> time_param(const net::Request& request, std::string_view name) {
    const std::string_view text = request.param(name);
    if (text.empty()) return std::optional<Timestamp>{};
    const auto time = parse_rfc3339(text);
    if (!time) {
        return bad("parameter " + std::string(name) + ": \"" + std::string(text) +
                   "\" is no RFC 3339 time");
    }
    return std::optional<Timestamp>{time.value()};
}

// As of every action: a session's own name wins.
std::string actor_of(JsonObject& fields, const Caller& caller) {
    const std::string actor = fields.string("actor", kMostText).value_or("");
    std::string out = !caller.name.empty() ? caller.name : actor.empty() ? "local" : actor;
    if (out == kSystem || out == kSourceBridge) {
        fields.fail("actor", "is the bridge's own name in the timeline");
    }
    return out;
}

bool is_person(const Oncall& oncall, std::string_view name) {
    return oncall.person(name) != nullptr;
}

}  // namespace

bool is_of_team(const Oncall& oncall, const Rotation& rotation, std::string_view team) {
    if (rotation.team == team) return true;
    const Team* found = oncall.team(team);
    const Policy* policy = found == nullptr ? nullptr : oncall.policy(found->policy);
    if (policy == nullptr) return false;
    return std::any_of(policy->response.begin(), policy->response.end(), [&](const auto& step) {
        return std::find(step.tell.begin(), step.tell.end(),
                         Target{Target::Kind::kRotation, rotation.name}) != step.tell.end();
    });
}

Result<OncallQuery> parse_oncall_query(const net::Request& request, const Oncall& oncall,
                                       Timestamp now) {
    OncallQuery out;
    TOCSIN_TRY(const auto at, time_param(request, "at"));
    TOCSIN_TRY(out.from, time_param(request, "from"));
    TOCSIN_TRY(out.to, time_param(request, "to"));
    out.at = at.value_or(now);
    if (out.from.has_value() != out.to.has_value()) {
        return bad("parameters from and to go together: give both");
    }
    if (out.from && *out.to <= *out.from) return bad("parameter to: must be after from");
    if (out.from && *out.to - *out.from > kLongestView) {
        return bad("parameter to: at most 400 days after from");
    }
    out.team = request.param("team");
    out.rotation = request.param("rotation");
    if (!out.team.empty() && oncall.team(out.team) == nullptr) {
        return Error(ErrorCode::kNotFound, "no team is named \"" + out.team + "\"", Retry::kNo);
    }
    if (!out.rotation.empty() && oncall.rotation(out.rotation) == nullptr) {
        return Error(ErrorCode::kNotFound, "no rotation is named \"" + out.rotation + "\"",
                     Retry::kNo);
    }
    return out;
}

Result<std::pair<Timestamp, Timestamp>> parse_override_window(const net::Request& request,
                                                              Timestamp now) {
    TOCSIN_TRY(const auto from, time_param(request, "from"));
    TOCSIN_TRY(const auto to, time_param(request, "to"));
    const std::pair window{from.value_or(now - 24h * 30), to.value_or(now + kLongestOverride)};
    if (window.second <= window.first) return bad("parameter to: must be after from");
    return window;
}

Result<OverrideRow> parse_override(std::string_view body, const Caller& caller,
                                   const Oncall& oncall, Timestamp now) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    fields.allow({"kind", "rotation", "person", "instead_of", "from", "to", "for", "why", "actor"});
    OverrideRow row;
    row.created_at = now;
    row.actor = actor_of(fields, caller);
    row.why = fields.string("why", kMostWhy).value_or("");
    Override& o = row.what;
    const std::string kind = fields.string("kind", kMostText).value_or("cover");
    const auto parsed = parse_override_kind(kind);
    if (!parsed) fields.fail("kind", "must be cover or swap");
    o.kind = parsed.value_or(Override::Kind::kCover);
    fields.require("rotation");
    o.rotation = fields.string("rotation", kMostText).value_or("");
    if (!o.rotation.empty() && oncall.rotation(o.rotation) == nullptr) {
        fields.fail("rotation", "no rotation is named \"" + o.rotation + "\"");
    }
    o.person = fields.string("person", kMostText).value_or(row.actor);
    if (!is_person(oncall, o.person)) {
        fields.fail("person", "nobody is named \"" + o.person + "\" in bridge.yml");
    }
    o.instead_of = fields.string("instead_of", kMostText).value_or("");
    const bool swap = o.kind == Override::Kind::kSwap;
    if (swap && o.instead_of.empty()) fields.fail("instead_of", "a swap needs whom with");
    if (!o.instead_of.empty() && !is_person(oncall, o.instead_of)) {
        fields.fail("instead_of", "nobody is named \"" + o.instead_of + "\" in bridge.yml");
    }
    if (o.instead_of == o.person) fields.fail("instead_of", "is who has it anyway");
    o.from = fields.time("from").value_or(now);
    const auto length = fields.duration("for");
    const auto to = fields.time("to");
    if (!to && !length) fields.fail("to", "must say until when, or \"for\" how long");
    o.to = to.value_or(o.from + length.value_or(Duration{0}));
    if ((to || length) && o.to <= o.from) fields.fail("to", "must be after from");
    if ((to || length) && o.to <= now) fields.fail("to", "must lie ahead");
    if (o.to - o.from > kLongestOverride) fields.fail("to", "must be within a year of from");
    TOCSIN_TRY(fields.check());
    return row;
}

Result<void> check_swap(const Override& swap, const Rotation& rotation,
                        const std::vector<Override>& overrides) {
    std::set<std::string> on_duty;
    for (Shift& shift : shifts(rotation, overrides, swap.from, swap.to, SIZE_MAX)) {
        on_duty.insert(std::move(shift.duty.person));
    }
    const bool takes = on_duty.contains(swap.instead_of);
    if (takes && on_duty.contains(swap.person)) return success();
    const std::string& without = takes ? swap.person : swap.instead_of;
    const std::string& other = takes ? swap.instead_of : swap.person;
    return bad(fmt::format(
        "a swap takes a shift of each of the two, and {} has none of {} from {} to {}; to stand "
        "in: tocsin oncall override {} {} --instead-of {}",
        without, rotation.name, format_rfc3339(swap.from), format_rfc3339(swap.to), rotation.name,
        without, other));
}

Result<Cancellation> parse_cancellation(std::string_view body, const Caller& caller) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    fields.allow({"why", "actor"});
    Cancellation out{actor_of(fields, caller), fields.string("why", kMostWhy).value_or("")};
    TOCSIN_TRY(fields.check());
    return out;
}

bool may_test(const Caller& caller, std::string_view person) {
    return caller.name.empty() || person == caller.name || caller.role == Role::kAdmin;
}

Result<std::string> parse_test(std::string_view body, const Caller& caller, const Oncall& oncall) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    fields.allow({"person", "actor"});
    const std::string actor = actor_of(fields, caller);
    std::string person = fields.string("person", kMostText).value_or(actor);
    TOCSIN_TRY(fields.check());
    if (!is_person(oncall, person)) {
        return Error(ErrorCode::kNotFound,
                     "nobody is named \"" + person + "\" in bridge.yml; say who: --as NAME",
                     Retry::kNo);
    }
    return person;
}

}  // namespace tocsin::bridge
