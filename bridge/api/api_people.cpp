// Reports by people, and what people do to incidents, to one or to many at once.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <utility>

#include "bridge/api/api.h"
#include "bridge/api/json.h"
#include "bridge/api/requests.h"
#include "bridge/notify/say.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

// What has been answered so far; the last one sends.
struct Gathered {
    json::array results;
    std::size_t open = 0;
};

json::value parsed(const std::string& text) {
    boost::system::error_code problem;
    json::value value = json::parse(text, problem);
    return problem ? json::value(json::object()) : value;
}

json::object result_of(const std::string& key, const Result<Answer>& answer,
                       std::string_view language) {
    json::object out;
    out["key"] = key;
    out["done"] = false;
    if (!answer) {
        json::object error;
        error["code"] = to_string(answer.error().code);
        error["message"] = error_text(answer.error().message, language);
        out["error"] = std::move(error);
        return out;
    }
    if (!answer.value()) return out;
    const ActionDone& done = *answer.value();
    if (done.refusal) {
        out["error"] = parsed(refusal_json(*done.refusal, language)).at("error");
        return out;
    }
    out["done"] = true;
    out["state"] = to_string(done.incident.state);
    out["result"] = done.reason;
    return out;
}

}  // namespace

void Api::post_report(Call call) {
    auto report = parse_report(call.request.body, call.caller);
    if (!report) {
        call.refuse(report.error());
        return;
    }
    parts_.worker.submit(ReportIn{std::move(report).value()}, [call, config = config_](
                                                                  const Result<Answer>& answer) {
        if (!answer) {
            call.refuse(answer.error());
            return;
        }
        const ActionDone& done = *answer.value();
        call.answer(net::Response::json(201, acted_json(done.incident, config->url, done.reason)));
    });
}

void Api::act(Call call, ActionKind kind) {
    auto action = parse_action(kind, call.request.body, call.caller, parts_.clock.now());
    if (!action) {
        call.refuse(action.error());
        return;
    }
    ActionIn in{call.path.at("key"), std::move(action).value()};
    parts_.worker.submit(std::move(in), [call, config = config_](const Result<Answer>& answer) {
        if (!answer) {
            call.refuse(answer.error());
            return;
        }
        if (!answer.value()) {
            call.refuse(Error(ErrorCode::kInternal, "the action had no answer"));
            return;
        }
        const ActionDone& done = *answer.value();
        if (done.refusal) {
            call.answer(refusal_response(*done.refusal, call.language));
            return;
        }
        call.answer(net::Response::json(200, acted_json(done.incident, config->url, done.reason)));
    });
}

void Api::act_in_bulk(Call call) {
    const auto bulk = parse_bulk(call.request.body, call.caller, parts_.clock.now());
    if (!bulk) {
        call.refuse(bulk.error());
        return;
    }
    // Each is answered by itself: one that is refused holds up no other.
    const auto gathered = std::make_shared<Gathered>();
    const std::vector<std::string>& keys = bulk.value().keys;
    gathered->open = keys.size();
    gathered->results.resize(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ActionIn in{keys[i], bulk.value().action};
        parts_.worker.submit(std::move(in),
                             [call, gathered, i, key = keys[i]](const Result<Answer>& answer) {
                                 gathered->results[i] = result_of(key, answer, call.language);
                                 if (--gathered->open > 0) return;
                                 json::object out;
                                 out["results"] = std::move(gathered->results);
                                 call.answer(net::Response::json(200, json::serialize(out)));
                             });
    }
}

}  // namespace tocsin::bridge
