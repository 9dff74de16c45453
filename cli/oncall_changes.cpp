// What `tocsin oncall` changes: overrides, swaps; and tests of contacts.
#include <boost/json.hpp>
#include <ostream>
#include <utility>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/oncall.h"
#include "cli/oncall_times.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

Result<std::string> zone_of(const Session& session, const std::string& rotation) {
    if (rotation.empty()) return std::string("UTC");
    TOCSIN_TRY(
        const auto answer,
        call(session, "GET",
             session.bridge + "/api/v1/oncall?rotation=" + net::percent_encode(rotation), ""));
    const json::array& rotations = list_of(answer, "rotations");
    return rotations.empty() ? std::string("UTC") : text_of(rotations.front(), "timezone");
}

namespace {

Result<json::object> body_of(const Session& session, const std::string& kind,
                             const OncallOptions& options, const std::string& zone) {
    json::object body;
    body["kind"] = kind;
    body["rotation"] = options.rotation;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!options.person.empty()) body["person"] = options.person;
    if (!options.with.empty()) body["instead_of"] = options.with;
    if (!options.why.empty()) body["why"] = options.why;
    if (!options.length.empty()) body["for"] = options.length;
    for (const auto& [key, text] : {std::pair{"from", options.from}, {"to", options.to}}) {
        if (text.empty()) continue;
        TOCSIN_TRY(const Timestamp t, parse_zone_time(text, zone));
        body[key] = format_rfc3339(t);
    }
    return body;
}

}  // namespace

int add_override(const Session& session, const std::string& kind, const OncallOptions& options) {
    if (options.to.empty() == options.length.empty()) {
        *session.err << "tocsin: say until when: either --to or --for\n";
        return kUsage;
    }
    const auto zone = zone_of(session, options.rotation);
    if (!zone) return fail(session, zone.error());
    const auto body = body_of(session, kind, options, zone.value());
    if (!body) {
        *session.err << "tocsin: " << body.error().message << "\n";
        return kUsage;
    }
    const auto answer = call(session, "POST", session.bridge + "/api/v1/oncall/overrides",
                             json::serialize(body.value()));
    if (!answer) return fail(session, answer.error());
    const json::value& row = answer.value();
    if (session.format == Format::kJson) {
        print_json(*session.out, row);
        return kDone;
    }
    const std::string with = text_of(row, "instead_of");
    *session.out << (kind == "swap" ? "Swap " : "Override ") << text_of(row, "id") << ": "
                 << text_of(row, "person");
    if (kind == "swap") *session.out << " and " << with << " swap";
    if (kind != "swap" && !with.empty()) *session.out << " instead of " << with;
    *session.out << " in " << text_of(row, "rotation") << " from "
                 << zone_time(text_of(row, "from"), zone.value()) << " until "
                 << zone_time(text_of(row, "to"), zone.value()) << " (" << zone.value() << ")\n";
    return kDone;
}

int cancel_override(const Session& session, const OncallOptions& options) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!options.why.empty()) body["why"] = options.why;
    const auto answer =
        call(session, "DELETE",
             session.bridge + "/api/v1/oncall/overrides/" + std::to_string(options.id),
             json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    *session.out << "Override " << options.id << " is cancelled\n";
    return kDone;
}

int test_me(const Session& session, const std::string& person) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!person.empty()) body["person"] = person;
    const auto answer =
        call(session, "POST", session.bridge + "/api/v1/oncall/test", json::serialize(body));
    if (!answer) return fail(session, answer.error());
    const json::array& contacts = list_of(answer.value(), "contacts");
    bool all = !contacts.empty();
    Table table({"CHANNEL", "ADDRESS", "RESULT", "ANSWER"});
    for (const json::value& contact : contacts) {
        const bool delivered = text_of(contact, "delivered") == "true";
        all = all && delivered;
        table.row({{text_of(contact, "channel")},
                   {text_of(contact, "address")},
                   {delivered ? "delivered" : "failed", delivered ? Tint::kGreen : Tint::kRed},
                   {text_of(contact, "detail")}});
    }
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else if (contacts.empty()) {
        *session.err << text_of(answer.value(), "person")
                     << " has no contacts; they stand in bridge.yml under \"people\".\n";
    } else {
        *session.out << table.text(session.colour);
    }
    return all ? kDone : kNo;
}

}  // namespace tocsin::cli
