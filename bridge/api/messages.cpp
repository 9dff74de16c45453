#include "bridge/api/messages.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/api.h"
#include "bridge/api/json_values.h"
#include "bridge/api/requests.h"
#include "bridge/ingest/json_object.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostName = 200;

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

json::object effect_object(const EffectOfIncident& of) {
    json::object out = message_object(of.effect);
    out["incident"] = of.key;
    out["title"] = of.title;
    return out;
}

}  // namespace

json::object message_object(const EffectRow& row) {
    json::object out;
    out["id"] = std::to_string(row.id.value);
    out["person"] = text_or_null(row.notify.person);
    out["channel"] = row.notify.channel;
    out["address"] = shown_address(row.notify);
    out["kind"] = to_string(row.notify.kind);
    out["priority"] = to_string(row.notify.priority);
    out["step"] = row.notify.step;
    out["state"] = to_string(row.state);
    out["attempts"] = row.attempts;
    out["queued_at"] = format_rfc3339(row.created_at);
    out["due_at"] = format_rfc3339(row.due);
    out["updated_at"] = format_rfc3339(row.updated_at);
    out["result"] = row.result;
    return out;
}

Result<EffectFilter> parse_effect_filter(const net::Request& request) {
    EffectFilter out;
    if (const std::string_view state = request.param("state"); !state.empty() && state != "all") {
        out.state = parse_effect_state(state);
        if (!out.state) {
            return bad("parameter state: \"" + valid_utf8(state) +
                       "\" is none of waiting, claimed, delivered, dead, dropped, all");
        }
    }
    out.incident = valid_utf8(request.param("incident"));
    TOCSIN_TRY(out.limit, parse_limit(request, out.limit));
    TOCSIN_TRY(out.before, parse_after(request));
    return out;
}

std::string effects_json(const EffectPage& page) {
    json::array rows;
    for (const EffectOfIncident& row : page.effects) rows.push_back(effect_object(row));
    json::object out;
    out["effects"] = std::move(rows);
    out["next"] =
        page.next == 0 ? json::value(nullptr) : json::value(std::to_string(page.next).c_str());
    return json::serialize(out);
}

void Api::get_effects(Call call) {
    auto filter = parse_effect_filter(call.request);
    if (!filter) {
        call.refuse(filter.error());
        return;
    }
    parts_.reader.ask<EffectPage>(
        [filter = std::move(filter).value()](Queries& q) { return q.effects(filter); },
        [call](const Result<EffectPage>& page) {
            if (!page) {
                call.refuse(page.error());
                return;
            }
            call.answer(net::Response::json(200, effects_json(page.value())));
        });
}

void Api::retry_effect(Call call) {
    const std::string id = call.path.at("id");
    const auto number = parse_int(id);
    auto fields = JsonObject::parse(call.request.body);
    if (!fields) {
        call.refuse(fields.error());
        return;
    }
    fields.value().allow({"actor"});
    const std::string actor = fields.value().string("actor", kMostName).value_or("");
    if (const auto good = fields.value().check(); !good) {
        call.refuse(good.error());
        return;
    }
    if (!number) {
        call.refuse(Error(ErrorCode::kNotFound, "there is no message " + valid_utf8(id)));
        return;
    }
    RetryIn in;
    in.effect = EffectId{*number};
    in.actor = !call.caller.name.empty() ? call.caller.name : actor.empty() ? "local" : actor;
    if (in.actor == kSystem || in.actor == kSourceBridge) in.actor = "local";
    parts_.worker.submit(std::move(in), [call, id](const Result<Answer>& answer) {
        if (!answer) {
            call.refuse(answer.error());
            return;
        }
        const json::object done{{"id", id}, {"state", to_string(EffectState::kWaiting)}};
        call.answer(net::Response::json(200, json::serialize(done)));
    });
}

}  // namespace tocsin::bridge
