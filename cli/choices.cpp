#include "cli/choices.h"

#include <boost/json.hpp>
#include <ostream>

#include "cli/answer.h"
#include "cli/run.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

std::string joined(const json::array& words) {
    std::string out;
    for (const json::value& word : words) {
        if (!word.is_string()) continue;
        out += (out.empty() ? "" : ", ") + std::string(word.get_string());
    }
    return out;
}

}  // namespace

int list_choices(const Session& session) {
    const auto answer = call(session, "GET", session.bridge + "/api/v1/choices", "");
    if (!answer) return fail(session, answer.error());
    const json::value& said = answer.value();
    if (session.format == Format::kJson) {
        print_json(*session.out, said);
        return kDone;
    }
    Table table({"KIND", "NAME", "IS"});
    const json::value& me = member_of(said, "me");
    table.row({{"me"}, {text_of(me, "name")}, {text_of(me, "role")}});
    for (const json::value& person : list_of(said, "people")) {
        table.row({{"person"}, {text_of(person, "name")}, {text_of(person, "display")}});
    }
    for (const json::value& team : list_of(said, "teams")) {
        table.row({{"team"}, {text_of(team, "name")}, {joined(list_of(team, "members"))}});
    }
    for (const json::value& vendor : list_of(said, "vendors")) {
        table.row(
            {{"vendor"}, {"vendor:" + text_of(vendor, "name")}, {text_of(vendor, "display")}});
    }
    for (const json::value& cause : list_of(said, "causes")) {
        table.row({{"cause"}, {cause.is_string() ? std::string(cause.get_string()) : ""}, {""}});
    }
    for (const json::value& reason : list_of(said, "pending_reasons")) {
        table.row({{"reason"},
                   {text_of(reason, "name")},
                   {"pauses at most " + text_of(reason, "pauses_at_most")}});
    }
    const json::value& owed = member_of(said, "close_needs");
    for (const char* priority : {"P1", "P2", "P3", "P4"}) {
        const std::string needs = joined(list_of(owed, priority));
        if (!needs.empty()) table.row({{"owed"}, {priority}, {needs}});
    }
    *session.out << table.text(session.colour);
    return kDone;
}

}  // namespace tocsin::cli
