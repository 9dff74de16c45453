#include "cli/records.h"

#include <boost/json.hpp>
#include <ostream>
#include <string_view>

#include "base/net/file.h"
#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/oncall_times.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

std::string joined(const json::array& texts) {
    std::string out;
    for (const auto& text : texts) {
        out += out.empty() ? "" : ", ";
        if (const auto* one = text.if_string()) out += std::string(*one);
    }
    return out;
}

Tint state_tint(std::string_view state) {
    if (state == "suggested" || state == "open") return Tint::kYellow;
    if (state == "known_error") return Tint::kBlue;
    return state == "fixed" || state == "done" ? Tint::kGreen : Tint::kNone;
}

std::string path_of(const Session& session, const std::string& noun, const std::string& key) {
    return session.bridge + "/api/v1/" + noun + (key.empty() ? "" : "/" + net::percent_encode(key));
}

// What of its own a kind shows in a list.
std::string own_column(const std::string& noun, const json::value& one) {
    if (noun == "problems") return text_of(one, "workaround");
    if (noun == "articles") return joined(list_of(one, "match"));
    return (text_of(one, "overdue") == "true" ? "overdue, " : "") + minute_of(one, "due_at");
}

std::string own_head(const std::string& noun) {
    if (noun == "problems") return "WORKAROUND";
    return noun == "articles" ? "MATCHES" : "DUE (UTC)";
}

void print_head(const Session& session, const json::value& record) {
    Table head({text_of(record, "key"), text_of(record, "title")});
    const auto field = [&](const char* name, std::string value, Tint tint = Tint::kNone) {
        if (!value.empty()) head.row({{name, Tint::kDim}, {std::move(value), tint}});
    };
    const auto state = text_of(record, "state");
    field("state", state, state_tint(state));
    field("owner", text_of(record, "owner"));
    field("about", text_of(record, "about"));
    field("due", minute_of(record, "due_at"),
          text_of(record, "overdue") == "true" ? Tint::kRed : Tint::kNone);
    field("root cause", text_of(record, "root_cause"));
    field("workaround", text_of(record, "workaround"));
    field("fix", text_of(record, "fix"));
    field("causes", joined(list_of(record, "causes")));
    field("matches", joined(list_of(record, "match")));
    field("kept from", text_of(record, "incident"));
    field("made by", text_of(record, "author"));
    *session.out << head.text(session.colour);
}

// Lines of people's own, as they wrote them but for what a terminal would obey.
void print_text(const Session& session, std::string text) {
    if (text.empty()) return;
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) c = ' ';
    }
    *session.out << "\n" << text << (text.ends_with('\n') ? "" : "\n");
}

void print_actions(const Session& session, const json::value& record) {
    Table table({"ACTION", "OWNER", "DUE (UTC)", "DONE (UTC)", "WHAT"});
    for (const json::value& action : list_of(record, "actions")) {
        const bool late = text_of(action, "overdue") == "true";
        table.row({{text_of(action, "number")},
                   {text_of(action, "owner")},
                   {minute_of(action, "due_at"), late ? Tint::kRed : Tint::kNone},
                   {minute_of(action, "done_at")},
                   {text_of(action, "text")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

void print_incidents(const Session& session, const json::value& record) {
    Table table({"INCIDENT", "STATE", "OPENED (UTC)", "SOLUTION", "TITLE"});
    for (const json::value& one : list_of(record, "incidents")) {
        table.row({{text_of(one, "key")},
                   {text_of(one, "state")},
                   {minute_of(one, "opened_at")},
                   {text_of(one, "solution")},
                   {text_of(one, "title")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

void print_timeline(const Session& session, const json::value& record) {
    Table table({"AT (UTC)", "WHO", "WHAT"});
    for (const json::value& entry : list_of(record, "timeline")) {
        table.row({{minute_of(entry, "at"), Tint::kDim},
                   {text_of(entry, "actor")},
                   {text_of(entry, "text")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

Result<std::string> body_of(const Session& session, const std::string& noun,
                            const RecordArguments& a) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!a.text.empty()) body["text"] = a.text;
    for (const auto& [field, value] : a.fields) {
        if (value.empty()) continue;
        body[field] = value;
        if (field != "due_at") continue;
        TOCSIN_TRY(const Timestamp due, parse_zone_time(value, "UTC"));  // checked
        body[field] = format_rfc3339(due);
    }
    if (!a.keys.empty()) body["incidents"] = array_of(a.keys);
    if (!a.causes.empty()) body["causes"] = array_of(a.causes);
    if (!a.match.empty()) body["match"] = array_of(a.match);
    if (a.number != 0) body["number"] = a.number;
    if (!a.file.empty()) {
        TOCSIN_TRY(const std::string text, net::read_file(a.file));
        body[noun == "articles" ? "text" : "draft"] = text;
    }
    return json::serialize(body);
}

}  // namespace

int list_records(const Session& session, const std::string& noun, const RecordArguments& a) {
    std::string path = "/api/v1/" + noun + "?limit=" + std::to_string(a.limit);
    for (const auto& [name, value] : {std::pair{"state", a.state},
                                      {"incident", a.incident},
                                      {"owner", a.owner},
                                      {"q", a.search}}) {
        if (!value.empty()) path += std::string("&") + name + "=" + net::percent_encode(value);
    }
    return show_list(session,
                     {.path = std::move(path),
                      .list = noun,
                      .head = {"KEY", "STATE", "OWNER", "CHANGED", own_head(noun), "TITLE"},
                      .add =
                          [&](Table& table, const auto& one) {
                              const auto state = text_of(one, "state");
                              table.row({{text_of(one, "key")},
                                         {state, state_tint(state)},
                                         {text_of(one, "owner")},
                                         {age_of(session, one, "updated_at")},
                                         {own_column(noun, one)},
                                         {text_of(one, "title")}});
                          },
                      .none = "None matches."});
}

int show_record(const Session& session, const std::string& noun, const std::string& key) {
    const auto answer = call(session, "GET", path_of(session, noun, key), "");
    if (!answer) return fail(session, answer.error());
    const json::value& record = answer.value();
    if (session.format == Format::kJson) {
        print_json(*session.out, record);
        return kDone;
    }
    print_head(session, record);
    print_text(session, text_of(record, "text"));
    print_text(session, text_of(record, "draft"));
    print_actions(session, record);
    print_incidents(session, record);
    print_timeline(session, record);
    return kDone;
}

int change_record(const Session& session, const std::string& noun, const std::string& move,
                  const RecordArguments& a) {
    const auto body = body_of(session, noun, a);
    if (!body) {  // the file could not be read
        *session.err << "tocsin: " << body.error().message << "\n";
        return kUnreachable;
    }
    const std::string path = path_of(session, noun, a.key) + (move.empty() ? "" : "/" + move);
    const auto answer = call(session, "POST", path, body.value());
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else if (move.empty()) {
        *session.out << text_of(answer.value(), "key") << "\n";
    } else {
        *session.out << text_of(answer.value(), "key") << ": " << text_of(answer.value(), "result")
                     << "\n";
    }
    return kDone;
}

}  // namespace tocsin::cli
