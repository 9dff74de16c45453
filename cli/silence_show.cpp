// `tocsin silences show`: one silence, whoever made it and by whatever tool.
#include <boost/json.hpp>
#include <ostream>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/suppression.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

// As Alertmanager writes them: host="web-1".
std::string matcher_text(const json::value& matcher) {
    const bool regex = text_of(matcher, "isRegex") == "true";
    const bool equal = text_of(matcher, "isEqual") != "false";
    const char* op = equal ? (regex ? "=~" : "=") : (regex ? "!~" : "!=");
    return text_of(matcher, "name") + op + json::serialize(json::string(text_of(matcher, "value")));
}

}  // namespace

int show_silence(const Session& session, const std::string& id) {
    const auto answer =
        call(session, "GET", session.bridge + "/api/v2/silence/" + net::percent_encode(id), "");
    if (!answer) {
        const Error& error = answer.error();
        const bool unknown = error.code == ErrorCode::kNotFound;
        return fail(session,
                    unknown ? Error(ErrorCode::kNotFound, "there is no silence " + id) : error);
    }
    const json::value& silence = answer.value();
    if (session.format == Format::kJson) {
        print_json(*session.out, silence);
        return kDone;
    }
    Table table({"SILENCE", text_of(silence, "id")});
    table.row({{"state"}, {text_of(member_of(silence, "status"), "state")}});
    table.row({{"from"}, {text_of(silence, "startsAt")}});
    table.row({{"until"}, {text_of(silence, "endsAt")}});
    table.row({{"by"}, {text_of(silence, "createdBy")}});
    table.row({{"comment"}, {text_of(silence, "comment")}});
    for (const json::value& matcher : list_of(silence, "matchers")) {
        table.row({{"hides"}, {matcher_text(matcher)}});
    }
    *session.out << table.text(session.colour);
    return kDone;
}

}  // namespace tocsin::cli
