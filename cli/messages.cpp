#include "cli/messages.h"

#include <boost/json.hpp>
#include <ostream>
#include <string_view>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

Tint state_tint(std::string_view state) {
    if (state == "dead") return Tint::kRed;
    if (state == "delivered") return Tint::kGreen;
    return state == "dropped" ? Tint::kDim : Tint::kYellow;
}

}  // namespace

int list_messages(const Session& session, const MessageFilter& filter) {
    auto path = "/api/v1/effects?state=" + net::percent_encode(filter.state) +
                "&limit=" + std::to_string(filter.limit);
    if (!filter.incident.empty()) path += "&incident=" + net::percent_encode(filter.incident);
    return show_list(
        session,
        {.path = std::move(path),
         .list = "effects",
         .head = {"ID", "INCIDENT", "PRI", "STATE", "TO", "BY", "WHY", "TRIES", "SINCE", "ANSWER"},
         .add =
             [&](Table& table, const auto& message) {
                 const auto state = text_of(message, "state");
                 const auto person = text_of(message, "person");
                 table.row({{text_of(message, "id")},
                            {text_of(message, "incident")},
                            {text_of(message, "priority")},
                            {state, state_tint(state)},
                            {person.empty() ? text_of(message, "address") : person},
                            {text_of(message, "channel")},
                            {text_of(message, "kind")},
                            {text_of(message, "attempts")},
                            {age_of(session, message, "queued_at")},
                            {text_of(message, "result")}});
             },
         .none = "No message matches."});
}

int retry_message(const Session& session, const std::string& id) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    const auto answer = call(
        session, "POST", session.bridge + "/api/v1/effects/" + net::percent_encode(id) + "/retry",
        json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    *session.out << "message " << id << " is " << text_of(answer.value(), "state") << "\n";
    return kDone;
}

}  // namespace tocsin::cli
