#include "cli/run.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <functional>
#include <ostream>
#include <string_view>
#include <utility>

#include "base/core/clock.h"
#include "base/core/version.h"
#include "cli/check.h"
#include "cli/completion.h"
#include "cli/incidents.h"
#include "cli/query.h"
#include "cli/session.h"
#include "rules/file/rule_file.h"

namespace tocsin::cli {

namespace {

// What a person can do to an incident: the command's word, the API's move, what the text is.
struct Move {
    const char* command;
    const char* move;
    const char* help;
    const char* text;  // nullptr: none
};
constexpr std::array kMoves = {
    Move{"ack", "acknowledge", "Take an incident: stops the response ladder", "what you are doing"},
    Move{"note", "note", "Add a note to the timeline", "the note"},
    Move{"resolve", "resolve", "Say that the fault is gone", "how it was solved"},
    Move{"close", "close", "Close a resolved incident", "why"},
};

struct Arguments {
    IncidentFilter filter;
    QueryOptions query;
    std::string key;
    std::string text;
    std::vector<std::string> files;
    std::vector<std::string> severities = rules::default_severities();
    std::string format = "table";
    std::string shell;
};

std::string environment(const char* name, std::string otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::string(value) : std::move(otherwise);
}

void add_incidents(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* incidents = app.add_subcommand("incidents", "List, show and work incidents");
    incidents->require_subcommand(1);

    auto* list =
        incidents->add_subcommand("list", "Incidents: open ones by urgency, others newest first");
    list->add_option("--state", a.filter.state, "open, resolved, closed or all")
        ->check(CLI::IsMember({"open", "resolved", "closed", "all"}))
        ->capture_default_str();
    list->add_option("--label", a.filter.labels, "Only with this label: name=value (repeat)");
    list->add_option("--search", a.filter.search,
                     "Only with this text in the title, key, labels or owner");
    list->add_option("--limit", a.filter.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    list->callback([&] { action = [&] { return list_incidents(session, a.filter); }; });

    auto* show = incidents->add_subcommand("show", "One incident with its alerts and timeline");
    show->add_option("KEY", a.key, "INC-2026-000001")->required();
    show->callback([&] { action = [&] { return show_incident(session, a.key); }; });

    for (const auto& move : kMoves) {
        auto* command = incidents->add_subcommand(move.command, move.help);
        command->add_option("KEY", a.key, "INC-2026-000001")->required();
        auto* text = command->add_option("TEXT", a.text, move.text);
        if (std::string_view(move.move) == "note") text->required();
        command->callback([&, name = std::string(move.move)] {
            action = [&, name] { return move_incident(session, a.key, name, a.text, ""); };
        });
    }
}

void add_rules(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* rules = app.add_subcommand("rules", "Check rule files");
    rules->require_subcommand(1);
    auto* check = rules->add_subcommand(
        "check", "Say everything that is wrong with rule files, with file:line:column");
    check->add_option("FILE", a.files, "Rule files or directories of them")->required();
    check->add_option("--severities", a.severities, "As in agent.yml, from the mildest")
        ->delimiter(',');
    check->callback([&] { action = [&] { return check_rules(session, a.files, a.severities); }; });
}

void add_query(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* command = app.add_subcommand("query", "Ask the agent of this host in PromQL");
    command->add_option("EXPR", a.query.expr, "A PromQL expression")->required();
    command->add_option("--at", a.query.at, "RFC 3339 or Unix seconds (now)");
    command->add_option("--range", a.query.range, "Over so long until then: 1h");
    command->add_option("--step", a.query.step, "A point every")->capture_default_str();
    command->callback([&] { action = [&] { return query(session, a.query); }; });
}

void add_check(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* command =
        app.add_subcommand("check", "Say everything that is wrong with agent.yml and bridge.yml");
    command->add_option("FILE", a.files, "Configuration files")->required();
    command->callback([&] { action = [&] { return check_config(session, a.files); }; });
}

void add_completion(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* command = app.add_subcommand("completion", "Print completion for a shell");
    command->add_option("SHELL", a.shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    command->callback([&] {
        action = [&] {
            *session.out << (a.shell == "bash" ? bash_completion(app) : zsh_completion(app));
            return kDone;
        };
    });
}

void add_common(CLI::App& app, Session& session, Arguments& a) {
    app.add_option("--bridge", session.bridge, "The bridge's address ($TOCSIN_BRIDGE)")
        ->capture_default_str();
    app.add_option("--agent", session.agent, "The agent's address ($TOCSIN_AGENT)")
        ->capture_default_str();
    app.add_option("--token-file", session.token_file,
                   "A file that holds your token ($TOCSIN_TOKEN_FILE)");
    app.add_option("--as", session.actor, "Who acts, where the bridge asks for no token ($USER)");
    app.add_option("--output", a.format, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
}

}  // namespace

int run(std::vector<std::string> args, std::ostream& out, std::ostream& err) {
    Session session;
    session.bridge = environment("TOCSIN_BRIDGE", session.bridge);
    session.agent = environment("TOCSIN_AGENT", session.agent);
    session.token_file = environment("TOCSIN_TOKEN_FILE", "");
    session.actor = environment("USER", "");
    session.now = SystemClock().now();
    session.out = &out;
    session.err = &err;

    Arguments arguments;
    std::function<int()> action;
    CLI::App app("The command of Tocsin: work incidents, check rules, ask an agent", "tocsin");
    app.set_version_flag("--version", std::string("tocsin ") + std::string(kVersion));
    app.require_subcommand(1);
    app.fallthrough();
    app.footer(
        "Exit status: 0 done, 1 the answer is no, 2 used wrongly, 3 could not reach or read.");
    add_common(app, session, arguments);
    add_incidents(app, session, arguments, action);
    add_rules(app, session, arguments, action);
    add_query(app, session, arguments, action);
    add_check(app, session, arguments, action);
    add_completion(app, session, arguments, action);

    try {
        // CLI11 takes them last first.
        app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    } catch (const CLI::ParseError& e) {
        return app.exit(e, out, err) == 0 ? kDone : kUsage;
    }
    for (auto* url : {&session.bridge, &session.agent}) {
        while (url->ends_with('/')) url->pop_back();
    }
    session.format = arguments.format == "json" ? Format::kJson : Format::kTable;
    const bool plain = std::getenv("NO_COLOR") != nullptr || ::isatty(STDOUT_FILENO) == 0;
    session.colour = plain ? Colour::kPlain : Colour::kTinted;
    return action();
}

}  // namespace tocsin::cli
