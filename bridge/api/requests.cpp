#include "bridge/api/requests.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/core/strings.h"
#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {
namespace {

constexpr int kMostRows = 1000;
constexpr std::size_t kMostLabels = 16;
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostNote = 64 * 1024;

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

Result<StateFilter> parse_state_filter(std::string_view text) {
    if (text.empty() || text == "open") return StateFilter::kOpen;
    if (text == "resolved") return StateFilter::kResolved;
    if (text == "closed") return StateFilter::kClosed;
    if (text == "all") return StateFilter::kAll;
    return bad("parameter state: \"" + std::string(text) +
               "\" is none of open, resolved, closed, all");
}

}  // namespace

Result<IncidentFilter> parse_incident_filter(const net::Request& request) {
    IncidentFilter out;
    TOCSIN_TRY(out.state, parse_state_filter(request.param("state")));
    for (const std::string& text : request.params("label")) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            return bad("parameter label: \"" + text + "\" is not name=value");
        }
        out.labels.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    if (out.labels.size() > kMostLabels) return bad("parameter label: at most 16 of them");
    out.text = valid_utf8(request.param("q"));
    if (out.text.size() > kMostText) return bad("parameter q: at most 200 bytes");
    if (const std::string_view limit = request.param("limit"); !limit.empty()) {
        const auto number = parse_int(limit);
        if (!number || *number < 1 || *number > kMostRows) {
            return bad("parameter limit: must be a number from 1 to 1000");
        }
        out.limit = static_cast<int>(*number);
    }
    if (const std::string_view after = request.param("after"); !after.empty()) {
        const auto number = parse_int(after);
        if (!number || *number < 1) return bad("parameter after: must be the `next` of a page");
        out.before = *number;
    }
    return out;
}

Result<UserAction> parse_action(ActionKind kind, std::string_view body, const Caller& caller,
                                Timestamp now) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    UserAction out;
    out.kind = kind;
    out.authority = caller.role == Role::kAdmin ? Authority::kAdmin : Authority::kResponder;
    const std::string actor = fields.string("actor", kMostText).value_or("");
    out.actor = !caller.name.empty() ? caller.name : actor.empty() ? "local" : actor;
    if (out.actor == kSystem || out.actor == kSourceBridge) {
        fields.fail("actor", "is the bridge's own name in the timeline");
    }
    out.text = fields.string("text", kMostNote).value_or("");
    const std::string to = fields.string("to", kMostText).value_or("");
    const auto or_to = [&](std::string_view field) {
        std::string value = fields.string(field, kMostText).value_or("");
        return value.empty() ? to : value;
    };
    if (kind == ActionKind::kAssign) out.person = or_to("person");
    if (kind == ActionKind::kEscalate) out.team = or_to("team");
    if (kind == ActionKind::kPriority) {
        const std::string text = or_to("priority");
        out.priority = parse_priority(text);
        if (!out.priority) {
            fields.fail("priority", "must be one of P1, P2, P3, P4");
        }
    }
    out.until = fields.time("until");
    if (const auto duration = fields.duration("for"); duration && !out.until) {
        out.until = now + *duration;
    }
    TOCSIN_TRY(fields.check());
    return out;
}

net::Response refusal_response(const Refusal& refusal) {
    namespace json = boost::json;
    const bool conflict = refusal.code == Refusal::Code::kConflict;
    json::object detail;
    json::array possible;
    for (const ActionKind kind : refusal.possible) {
        possible.push_back(json::string(to_string(kind)));
    }
    detail["possible"] = std::move(possible);
    if (!refusal.successor.empty()) detail["successor"] = refusal.successor;
    json::object inner;
    inner["code"] = conflict ? "conflict" : "invalid";
    inner["message"] = refusal.message;
    inner["detail"] = std::move(detail);
    json::object outer;
    outer["error"] = std::move(inner);
    return net::Response::json(conflict ? 409 : 422, json::serialize(outer));
}

}  // namespace tocsin::bridge
