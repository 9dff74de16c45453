#include "cli/run.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <ostream>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/core/clock.h"
#include "base/core/standard_output.h"
#include "base/core/version.h"
#include "cli/alerts.h"
#include "cli/check.h"
#include "cli/choices.h"
#include "cli/completion.h"
#include "cli/events.h"
#include "cli/forms.h"
#include "cli/hosts.h"
#include "cli/incidents.h"
#include "cli/messages.h"
#include "cli/moves.h"
#include "cli/noise.h"
#include "cli/oncall_commands.h"
#include "cli/query.h"
#include "cli/records.h"
#include "cli/session.h"
#include "cli/simulate.h"
#include "cli/suppression.h"
#include "cli/unknown_word.h"
#include "cli/why.h"
#include "rules/file/rule_file.h"

namespace tocsin::cli {

namespace {

struct Arguments {
    IncidentFilter filter;
    MessageFilter messages;
    QueryOptions query;
    OncallOptions oncall;
    std::string key;
    MoveArguments moves;
    ReportArguments report;
    RecordArguments records;
    WhyOptions why;
    SimulateArguments simulate;
    std::string host;
    std::string since;
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
    list->add_option("--label", a.filter.labels, "Only with this label: name=value (repeat)")
        ->check(wrong_pair);
    list->add_option("--search", a.filter.search,
                     "Only with this text in the title, key, labels or owner");
    list->add_flag("--children", a.filter.children, "With those that a storm stands for");
    list->add_option("--limit", a.filter.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    list->callback([&] { action = [&] { return list_incidents(session, a.filter); }; });

    auto* expected =
        incidents->add_subcommand("expected", "What should come regularly, and what is missing");
    expected->callback([&] { action = [&] { return list_expected(session); }; });

    auto* blips =
        incidents->add_subcommand("blips", "What cleared before open_when let it open an incident");
    blips->add_option("--limit", a.filter.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    blips->callback([&] { action = [&] { return list_blips(session, a.filter.limit); }; });

    auto* observed = incidents->add_subcommand(
        "observed", "Whom what is observed would have told, by what and how often");
    observed->add_option("--since", a.since, "A time, like 2026-11-26T00:00:00Z (7 days ago)")
        ->check(wrong_time);
    observed->callback([&] { action = [&] { return report_observed(session, a.since); }; });

    auto* show = incidents->add_subcommand("show", "One incident with its alerts and timeline");
    show->add_option("KEY", a.key, "INC-2026-000001")->required();
    show->callback([&] { action = [&] { return show_incident(session, a.key); }; });

    add_why(*incidents, session, a.why, action);
    auto* simulate = incidents->add_subcommand(
        "simulate", "What would open and whom it would wake, from a file of alerts");
    simulate->add_option("--config", a.simulate.config, "The configuration (bridge.yml)")
        ->required()
        ->type_name("FILE");
    simulate
        ->add_option("ALERTS.jsonl", a.simulate.lines,
                     "A line each: an alert or an array of them as POSTed to /api/v2/alerts, an "
                     "Alertmanager's webhook, or a line of docs/simulate.md; -: standard input")
        ->required()
        ->type_name("FILE");
    simulate->add_option("--run-on", a.simulate.run_on, "So long after the last line")
        ->check(wrong_duration)
        ->capture_default_str();
    simulate
        ->add_option("--answer-after", a.simulate.answer_after,
                     "Whoever is asked acknowledges so long after (nobody does)")
        ->check(wrong_duration);
    simulate
        ->add_option("--waking", a.simulate.waking,
                     "A channel that wakes people (repeat); else by type")
        ->allow_extra_args(false);
    simulate->callback([&] { action = [&] { return simulate_incidents(session, a.simulate); }; });

    add_moves(*incidents, session, a.moves, action);
}

void add_messages(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* messages = app.add_subcommand("messages", "Who was told what, and what was given up");
    messages->require_subcommand(1);
    auto* list = messages->add_subcommand("list", "Messages, the newest first; those given up");
    list->add_option("--state", a.messages.state,
                     "dead, waiting, claimed, delivered, dropped or all")
        ->check(CLI::IsMember({"dead", "waiting", "claimed", "delivered", "dropped", "all"}))
        ->capture_default_str();
    list->add_option("--incident", a.messages.incident, "Only of this incident");
    list->add_option("--limit", a.messages.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    list->callback([&] { action = [&] { return list_messages(session, a.messages); }; });
    auto* retry = messages->add_subcommand("retry", "Send a message again that was given up");
    retry->add_option("ID", a.key, "As the list has it")->required();
    retry->callback([&] { action = [&] { return retry_message(session, a.key); }; });
}

void add_choices(CLI::App& app, Session& session, std::function<int()>& action) {
    auto* command = app.add_subcommand(
        "choices", "What actions can name: people, teams, vendors, causes, reasons; who you are");
    command->callback([&] { action = [&] { return list_choices(session); }; });
}

void add_hosts(CLI::App& app, Session& session, Arguments& a, std::function<int()>& action) {
    auto* hosts = app.add_subcommand("hosts", "List, retire and rename hosts");
    hosts->require_subcommand(1);
    auto* list = hosts->add_subcommand("list", "Hosts with their state");
    list->callback([&] { action = [&] { return list_hosts(session); }; });
    auto* retire = hosts->add_subcommand("retire", "The host is gone for good: its alerts end");
    retire->add_option("HOST", a.host, "Its name")->required();
    retire->callback([&] { action = [&] { return retire_host(session, a.host); }; });
    auto* rename = hosts->add_subcommand("rename", "The host has another name: incidents go on");
    rename->add_option("HOST", a.host, "Its name so far")->required();
    rename->add_option("TO", a.text, "Its new name")->required();
    rename->callback([&] { action = [&] { return rename_host(session, a.host, a.text); }; });
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
    command
        ->add_option("EXPR", a.query.expr,
                     "A PromQL expression; behind -- where it begins with a minus")
        ->required();
    command->add_option("--at", a.query.at, "RFC 3339 or Unix seconds (now)");
    command->add_option("--range", a.query.range, "Over so long until then: 1h")
        ->check(wrong_duration);
    command->add_option("--step", a.query.step, "A point every")
        ->check(wrong_duration)
        ->capture_default_str();
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

// What the environment says; options are checked as they are read.
bool are_urls(const Session& session) {
    for (const auto& [name, url] :
         {std::pair{"TOCSIN_BRIDGE", session.bridge}, {"TOCSIN_AGENT", session.agent}}) {
        const std::string wrong = wrong_url(url);
        if (wrong.empty()) continue;
        *session.err << "tocsin: " << name << ": " << wrong << "\n";
        return false;
    }
    return true;
}

void add_common(CLI::App& app, Session& session, Arguments& a) {
    app.add_option("--bridge", session.bridge, "The bridge's address ($TOCSIN_BRIDGE)")
        ->check(wrong_url)
        ->capture_default_str();
    app.add_option("--agent", session.agent, "The agent's address ($TOCSIN_AGENT)")
        ->check(wrong_url)
        ->capture_default_str();
    app.add_option("--token-file", session.token_file,
                   "A file that holds your token ($TOCSIN_TOKEN_FILE)")
        ->type_name("FILE");
    app.add_option("--as", session.actor, "Who acts, where the bridge asks for no token ($USER)");
    app.add_option("--output", a.format, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
}

}  // namespace

int run(std::vector<std::string> args, std::ostream& out, std::ostream& err) {
    std::istringstream nothing;
    return run(std::move(args), nothing, out, err);
}

int run(std::vector<std::string> args, std::istream& in, std::ostream& out, std::ostream& err) {
    Session session;
    session.bridge = environment("TOCSIN_BRIDGE", session.bridge);
    session.agent = environment("TOCSIN_AGENT", session.agent);
    session.token_file = environment("TOCSIN_TOKEN_FILE", "");
    session.actor = environment("USER", "");
    session.now = SystemClock().now();
    session.in = &in;
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
    add_oncall(app, session, arguments.oncall, action);
    add_messages(app, session, arguments, action);
    add_events(app, session, action);
    add_report(app, session, arguments.report, action);
    add_records(app, session, arguments.records, action);
    add_alerts(app, session, action);
    add_suppression(app, session, action);
    add_hosts(app, session, arguments, action);
    add_choices(app, session, action);
    add_rules(app, session, arguments, action);
    add_query(app, session, arguments, action);
    add_check(app, session, arguments, action);
    add_completion(app, session, arguments, action);

    try {
        // CLI11 takes them last first.
        app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    } catch (const CLI::ParseError& e) {
        if (const auto unknown = unknown_word(app); unknown && e.get_exit_code() != 0) {
            err << "tocsin: " << *unknown << "\nRun with --help for more information.\n";
            return kUsage;
        }
        return written(out, err, "tocsin", app.exit(e, out, err) == 0 ? kDone : kUsage);
    }
    if (!are_urls(session)) return kUsage;
    for (auto* url : {&session.bridge, &session.agent}) {
        while (url->ends_with('/')) url->pop_back();
    }
    session.format = arguments.format == "json" ? Format::kJson : Format::kTable;
    const bool plain = std::getenv("NO_COLOR") != nullptr || ::isatty(STDOUT_FILENO) == 0;
    session.colour = plain ? Colour::kPlain : Colour::kTinted;
    return written(out, err, "tocsin", action());
}

}  // namespace tocsin::cli
