#include "cli/hosts.h"

#include <boost/json.hpp>
#include <ostream>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

Tint state_tint(std::string_view state) {
    if (state == "unreachable") return Tint::kRed;
    return state == "alive" ? Tint::kGreen : Tint::kYellow;
}

int move_host(const Session& session, const std::string& host, const std::string& move,
              json::object body) {
    if (!session.actor.empty()) body["actor"] = session.actor;
    const auto answer = call(
        session, "POST", session.bridge + "/api/v1/hosts/" + net::percent_encode(host) + "/" + move,
        json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << host << ": " << text_of(answer.value(), "result") << "\n";
    }
    return kDone;
}

}  // namespace

int list_hosts(const Session& session) {
    return show_list(session, {.path = "/api/v1/hosts",
                               .list = "hosts",
                               .head = {"HOST", "STATE", "LAST SEEN", "KNOWN FOR", "LABELS"},
                               .add =
                                   [&](Table& table, const auto& host) {
                                       auto state = text_of(host, "state");
                                       const Tint tint = state_tint(state);
                                       if (text_of(host, "duplicate") == "true") {
                                           state += ", two machines";
                                       }
                                       table.row({{text_of(host, "host")},
                                                  {state, tint},
                                                  {age_of(session, host, "last_seen") + " ago"},
                                                  {age_of(session, host, "first_seen")},
                                                  {labels_text(host)}});
                                   },
                               .none = "No host has an agent that beats."});
}

int retire_host(const Session& session, const std::string& host) {
    return move_host(session, host, "retire", {});
}

int rename_host(const Session& session, const std::string& host, const std::string& to) {
    return move_host(session, host, "rename", {{"to", to}});
}

}  // namespace tocsin::cli
