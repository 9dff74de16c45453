#include "bridge/api/requests.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/core/strings.h"
#include "bridge/ingest/action_fields.h"
#include "bridge/ingest/json_object.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostLabels = 16;
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostKeys = 200;

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

Result<int> parse_limit(const net::Request& request, int usual) {
    constexpr int kMostRows = 1000;
    const std::string_view limit = request.param("limit");
    if (limit.empty()) return usual;
    const auto number = parse_int(limit);
    if (number && *number >= 1 && *number <= kMostRows) return static_cast<int>(*number);
    return bad("parameter limit: must be a number from 1 to 1000");
}

Result<std::int64_t> parse_after(const net::Request& request) {
    const std::string_view after = request.param("after");
    if (after.empty()) return std::int64_t{0};
    const auto number = parse_int(after);
    if (number && *number >= 1) return std::int64_t{*number};
    return bad("parameter after: must be the `next` of a page");
}

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
    const std::string_view children = request.param("children");
    if (!children.empty() && children != "show" && children != "hide") {
        return bad("parameter children: must be show or hide");
    }
    out.with_children = children != "hide";
    out.text = valid_utf8(request.param("q"));
    if (out.text.size() > kMostText) return bad("parameter q: at most 200 bytes");
    TOCSIN_TRY(out.limit, parse_limit(request, out.limit));
    TOCSIN_TRY(out.before, parse_after(request));
    return out;
}

namespace {

UserAction action_of(ActionKind kind, JsonObject& fields, const Caller& caller, Timestamp now) {
    UserAction out = read_action(kind, fields, now);
    if (caller.role == Role::kAdmin) out.authority = Authority::kAdmin;
    if (caller.role == Role::kReporter) out.authority = Authority::kReporter;
    if (!caller.name.empty()) out.actor = caller.name;
    if (out.actor.empty()) out.actor = "local";
    if (out.actor == kSystem || out.actor == kSourceBridge) {
        fields.fail("actor", "is the bridge's own name in the timeline");
    }
    return out;
}

}  // namespace

Result<UserAction> parse_action(ActionKind kind, std::string_view body, const Caller& caller,
                                Timestamp now) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    allow_action_fields(fields);
    UserAction out = action_of(kind, fields, caller, now);
    TOCSIN_TRY(fields.check());
    return out;
}

Result<Bulk> parse_bulk(std::string_view body, const Caller& caller, Timestamp now) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    Bulk out;
    allow_action_fields(fields, {"action", "keys"});
    fields.require("action");
    fields.require("keys");
    const auto kind = parse_action_kind(fields.string("action", kMostText).value_or(""));
    out.keys = fields.strings("keys", kMostKeys);
    if (!kind || *kind == ActionKind::kMerge || *kind == ActionKind::kSplit) {
        fields.fail("action", "must be an action on one incident, like acknowledge or note");
    }
    if (out.keys.empty()) fields.fail("keys", "must name at least one incident");
    TOCSIN_TRY(fields.check());
    out.action = action_of(*kind, fields, caller, now);
    TOCSIN_TRY(fields.check());
    return out;
}

Result<HostIn> parse_host_move(HostIn::Move move, std::string_view host, std::string_view body,
                               const Caller& caller) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    HostIn out;
    if (move == HostIn::Move::kRename) {
        fields.allow({"actor", "to"});
    } else {
        fields.allow({"actor"});
    }
    out.move = move;
    out.host = std::string(host);
    const std::string actor = fields.string("actor", kMostText).value_or("");
    out.actor = !caller.name.empty() ? caller.name : actor.empty() ? "local" : actor;
    if (out.actor == kSystem || out.actor == kSourceBridge) {
        fields.fail("actor", "is the bridge's own name in the timeline");
    }
    if (move == HostIn::Move::kRename) {
        out.to = std::string(trim(fields.string("to", kMostText).value_or("")));
        if (out.to.empty()) fields.fail("to", "must be the host's new name");
        if (out.to == out.host) fields.fail("to", "is the name that it has");
    }
    TOCSIN_TRY(fields.check());
    return out;
}

namespace {

struct Said {
    int status;
    std::string_view word;
};
Said said_of(Refusal::Code code) {
    switch (code) {
        case Refusal::Code::kConflict:
            return {409, "conflict"};
        case Refusal::Code::kInvalid:
            return {422, "invalid"};
        case Refusal::Code::kForbidden:
            return {403, "forbidden"};
    }
    return {409, "conflict"};
}

}  // namespace

std::string refusal_json(const Refusal& refusal, std::string_view language) {
    namespace json = boost::json;
    json::object detail;
    json::array possible;
    for (const ActionKind kind : refusal.possible) {
        possible.push_back(json::string(to_string(kind)));
    }
    detail["possible"] = std::move(possible);
    if (!refusal.successor.empty()) detail["successor"] = refusal.successor;
    json::object inner;
    inner["code"] = said_of(refusal.code).word;
    inner["message"] = reason_text(refusal.reason, language);
    inner["detail"] = std::move(detail);
    json::object outer;
    outer["error"] = std::move(inner);
    return json::serialize(outer);
}

net::Response refusal_response(const Refusal& refusal, std::string_view language) {
    return net::Response::json(said_of(refusal.code).status, refusal_json(refusal, language));
}

}  // namespace tocsin::bridge
