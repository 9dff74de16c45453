#include "cli/moves.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <ostream>
#include <string_view>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/forms.h"
#include "cli/oncall_times.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

// The command's word, the API's move, what the text is (nullptr: none), and the options it has:
// names of kOptions, in brackets those that must be there.
struct Move {
    const char* command;
    const char* move;
    const char* help;
    const char* text;
    const char* options;
};
constexpr std::array kMoves = {
    Move{"ack", "acknowledge", "Take an incident: stops the response ladder", "what you are doing",
         ""},
    Move{"unack", "unacknowledge", "Give it back: the policy goes on", "why", ""},
    Move{"decline", "decline", "Say that it is not yours: the policy goes on", "why", ""},
    Move{"assign", "assign", "Ask a person or a team to take it", "a word with it", "to team"},
    Move{"note", "note", "Add a note to the timeline", "the note", "public cause solution proof"},
    Move{"escalate", "escalate", "Ask the next step, another team or a vendor",
         "what was found, or is wanted", "team"},
    Move{"snooze", "snooze", "No reminders until then", "why", "for until"},
    Move{"pend", "pend", "Let it wait for somebody outside", "what it waits for",
         "for until reason"},
    Move{"resume", "resume", "Go on with what was pending", "why", ""},
    Move{"resolve", "resolve", "Say that the fault is gone", "how it was solved",
         "cause solution proof"},
    Move{"verify", "verify", "Say that it holds, and how that was seen", "how",
         "proof cause solution"},
    Move{"confirm", "confirm", "Confirm for the users that it is solved: closes it",
         "what they say", "satisfaction cause solution proof"},
    Move{"close", "close", "Close a resolved incident", "why", "satisfaction cause solution proof"},
    Move{"reopen", "reopen", "Say that it is not fixed", "why", ""},
    Move{"priority", "priority", "Raise or lower the priority", "why (needed to lower it)", "[to]"},
    Move{"rate", "rate", "Say how satisfied you are, 1 to 5", "a comment", "[satisfaction]"},
    Move{"watch", "watch", "Hear how it ends", nullptr, "to"},
    Move{"unwatch", "unwatch", "Hear of it no longer", nullptr, "to"},
    Move{"link", "link", "Link it to an incident or a URL", "the link's title", "[to]"},
    Move{"major", "major", "Declare a major incident, or change who leads it", "why",
         "commander communication every"},
    Move{"merge", "merge", "Close it into another, open incident", "why", "[into]"},
    Move{"split", "split", "Open a new incident with some of its alerts", "why", "[alert]"},
};

constexpr std::array kOptions = {
    Option{"to", "to", "Whom or what: a person, a priority, a key, a URL"},
    Option{"team", "team", "A team; with escalate also vendor:NAME"},
    Option{"for", "for", "For so long: 30m", wrong_duration},
    Option{"until", "until", "Until then, RFC 3339", wrong_time},
    Option{"reason", "reason", "One of the bridge's pending.reasons"},
    Option{"cause", "cause", "One of the bridge's incidents.causes"},
    Option{"solution", "solution", "What was done"},
    Option{"proof", "proof", "How one can see that it holds: a text or a link"},
    Option{"satisfaction", "satisfaction", "1 to 5"},
    Option{"commander", "commander", "Who leads"},
    Option{"communication", "communication", "Who tells the others"},
    Option{"every", "every", "How often an update is due: 30m", wrong_duration},
    Option{"into", "into", "The key of the incident that goes on"},
};

void add_option(CLI::App& command, std::string_view word, MoveArguments& a) {
    const bool required = word.starts_with('[');
    if (required) word = word.substr(1, word.size() - 2);
    if (word == "public") {
        command.add_flag("--public", a.to_reporter, "The reporter is told");
        return;
    }
    if (word == "alert") {
        command.add_option("--alert", a.alerts, "The fingerprint of an alert (repeat)")
            ->required(required);
        return;
    }
    auto* added = add_listed(command, kOptions, word, a.fields);
    if (word == "satisfaction") added->check(CLI::Range(1, 5));
    added->required(required);
}

constexpr std::array kPriorities = {"P1", "P2", "P3", "P4"};

bool is_priority(const std::string& text) {
    return std::find(kPriorities.begin(), kPriorities.end(), text) != kPriorities.end();
}

json::object body_of(const Session& session, const MoveArguments& a) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!a.text.empty()) body["text"] = a.text;
    for (const auto& [field, value] : a.fields) {
        if (value.empty()) continue;
        if (field == "satisfaction") {
            body[field] = std::stoi(value);  // checked to be 1 to 5
        } else {
            body[field] = value;
        }
    }
    if (a.to_reporter) body["public"] = true;
    if (!a.alerts.empty()) body["alerts"] = json::array(a.alerts.begin(), a.alerts.end());
    return body;
}

int move_one(const Session& session, const MoveArguments& a, const std::string& move) {
    const std::string& key = a.key;
    const auto answer =
        call(session, "POST",
             session.bridge + "/api/v1/incidents/" + net::percent_encode(key) + "/" + move,
             json::serialize(body_of(session, a)));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    // In the bridge's words: a resolve says how many alerts still fire.
    const json::object& said = answer.value().as_object();
    *session.out << key << ": " << text_of(said, "result") << " (now " << text_of(said, "state")
                 << ")\n";
    for (const json::value& offer : list_of(answer.value(), "offers")) {
        if (text_of(offer, "action") != "silence") continue;
        *session.out << "`tocsin silences add --incident " << key
                     << "` keeps it so until its alerts have cleared\n";
    }
    return kDone;
}

// 1 when one of them was refused; the others are done.
int move_many(const Session& session, const MoveArguments& a) {
    const auto to = a.fields.find("to");
    if (a.action == "priority" && to != a.fields.end() && !is_priority(to->second)) {
        *session.err << "tocsin: --to: a priority is one of P1, P2, P3, P4\n";
        return kUsage;
    }
    json::object body = body_of(session, a);
    body["action"] = a.action;
    body["keys"] = json::array(a.keys.begin(), a.keys.end());
    const auto answer =
        call(session, "POST", session.bridge + "/api/v1/incidents/bulk", json::serialize(body));
    if (!answer) return fail(session, answer.error());
    int status = kDone;
    Table table({"KEY", "STATE", "RESULT"});
    for (const json::value& row : list_of(answer.value(), "results")) {
        if (text_of(row, "done") == "true") {
            table.row({{text_of(row, "key")}, {text_of(row, "state")}, {text_of(row, "result")}});
            continue;
        }
        status = kNo;
        table.row({{text_of(row, "key")},
                   {"refused", Tint::kRed},
                   {text_of(member_of(row, "error"), "message")}});
    }
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << table.text(session.colour);
    }
    return status;
}

// So long ago, or by the clock: UTC unless it has an offset.
Result<Timestamp> since_of(std::string_view text, Timestamp now) {
    if (const auto ago = parse_duration(text)) return now - ago.value();
    if (auto at = parse_zone_time(text, "UTC")) return at;
    return Error(ErrorCode::kInvalid,
                 "must be how long ago (10m), or a time: 2026-01-05T09:00:00+08:00, or in UTC "
                 "\"2026-01-05 09:00\"");
}

int report(const Session& session, const ReportArguments& a) {
    json::object body;
    body["symptom"] = a.symptom;
    if (!session.actor.empty()) body["actor"] = session.actor;
    for (const auto& [field, value] : a.fields) {
        if (!value.empty()) body[field] = value;
    }
    if (a.request) body["type"] = "request";
    if (!a.contact.empty()) {
        const std::size_t equals = a.contact.find('=');
        // A name before it, and something after it; "https://chat.example/?u=7" is a text.
        const bool named =
            equals != std::string::npos && equals > 0 && equals + 1 < a.contact.size() &&
            std::all_of(a.contact.begin(), a.contact.begin() + static_cast<std::ptrdiff_t>(equals),
                        [](unsigned char c) {
                            return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
                        });
        if (!named) {
            body["contact"] = a.contact;
        } else {
            body["contact"] = {{"channel", a.contact.substr(0, equals)},
                               {"address", a.contact.substr(equals + 1)}};
        }
    }
    if (!a.since.empty()) {
        const auto since = since_of(a.since, session.now);
        if (!since) {
            *session.err << "--since " << since.error().message << "\n";
            return kUsage;
        }
        body["since"] = format_rfc3339(since.value());
    }
    json::object labels;
    for (const std::string& label : a.labels) {
        const std::size_t equals = label.find('=');
        labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
    if (!labels.empty()) body["labels"] = std::move(labels);
    const auto answer =
        call(session, "POST", session.bridge + "/api/v1/incidents", json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    const json::object& said = answer.value().as_object();
    *session.out << text_of(said, "key") << ": " << text_of(said, "priority") << ", "
                 << text_of(said, "url") << "\n";
    return kDone;
}

}  // namespace

void add_moves(CLI::App& incidents, Session& session, MoveArguments& a,
               std::function<int()>& action) {
    for (const Move& move : kMoves) {
        auto* command = incidents.add_subcommand(move.command, move.help);
        command->add_option("KEY", a.key, "INC-2026-000001")->required();
        if (move.text != nullptr) {
            auto* text = command->add_option("TEXT", a.text, move.text);
            if (std::string_view(move.move) == "note") text->required();
        }
        each_word(move.options, [&](std::string_view word) { add_option(*command, word, a); });
        if (std::string_view(move.move) == "priority") {
            command->get_option("--to")->check(
                CLI::IsMember(std::vector<std::string>(kPriorities.begin(), kPriorities.end())));
        }
        command->callback([&session, &a, &action, name = std::string(move.move)] {
            action = [&session, &a, name] { return move_one(session, a, name); };
        });
    }
    auto* bulk = incidents.add_subcommand("bulk", "One move on many incidents, each for itself");
    std::vector<std::string> of_one;
    for (const Move& move : kMoves) {
        const std::string_view name = move.move;
        if (name != "merge" && name != "split") of_one.emplace_back(name);
    }
    bulk->add_option("MOVE", a.action, "As in the API: acknowledge, note, resolve …")
        ->required()
        ->check(CLI::IsMember(of_one));
    bulk->add_option("KEY", a.keys, "INC-2026-000001 …")->required();
    bulk->add_option("--text", a.text, "A note, or the reason");
    for (const Option& option : kOptions) {
        if (std::string_view(option.name) != "into") add_option(*bulk, option.name, a);
    }
    bulk->callback(
        [&session, &a, &action] { action = [&session, &a] { return move_many(session, a); }; });
}

void add_report(CLI::App& app, Session& session, ReportArguments& a, std::function<int()>& action) {
    auto* command = app.add_subcommand("report", "Report a fault or a service request");
    command->add_option("SYMPTOM", a.symptom, "What is wrong, in one line")->required();
    const auto field = [&](const char* name, const char* of, const char* help) {
        return command->add_option(std::string("--") + name, a.fields[of], help);
    };
    field("text", "text", "More of it");
    field("reporter", "reporter", "Who has it (you)");
    command->add_option("--contact", a.contact,
                        "How the reporter is told: CHANNEL=ADDRESS; kept for people to use, when "
                        "it is anything else");
    command->add_option("--since,--when", a.since,
                        "Since when: 10m ago, RFC 3339, or \"2026-01-05 09:00\" in UTC");
    field("service", "service", "Which service");
    field("category", "category", "server, network, database …");
    for (const char* name : {"impact", "urgency"}) {
        field(name, name, "low, medium or high")->check(CLI::IsMember({"low", "medium", "high"}));
    }
    command->add_option("--label", a.labels, "name=value, for the route (repeat)")
        ->check(wrong_pair);
    command->add_flag("--request", a.request, "A service request, not a fault");
    command->callback(
        [&session, &a, &action] { action = [&session, &a] { return report(session, a); }; });
}

}  // namespace tocsin::cli
