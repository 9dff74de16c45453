#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cli/forms.h"
#include "cli/oncall_times.h"
#include "cli/options.h"
#include "cli/records.h"

namespace tocsin::cli {

namespace {

// The command's word, the API's move ("": a new one), what stands behind the word (key, keys, text,
// number, about, incident; in brackets what must be there), and the options it has.
struct Command {
    const char* noun;
    const char* word;
    const char* move;
    const char* help;
    const char* after;
    const char* options;
};
constexpr std::array kCommands = {
    Command{"problems", "add", "", "Begin a problem by hand; prints its key", "title",
            "incident owner root-cause workaround"},
    Command{"problems", "open", "open", "Take up a suggested one, or say that it is not over",
            "[key] text", "owner"},
    Command{"problems", "reject", "reject", "Say that it is no problem", "[key] [text]", ""},
    Command{"problems", "known-error", "known_error",
            "The cause is known, or how to get by; shown on each new incident", "[key] text",
            "root-cause workaround"},
    Command{"problems", "fix", "fix", "Say that it is fixed for good, and how", "[key] text",
            "fix root-cause"},
    Command{"problems", "close", "close", "Close a fixed one", "[key] text", ""},
    Command{"problems", "edit", "edit", "Change what is written of it", "[key] text",
            "title owner root-cause workaround fix"},
    Command{"problems", "note", "note", "Add a note to its timeline", "[key] [text]", ""},
    Command{"problems", "link", "link", "Link incidents to it", "[key] [keys]", ""},
    Command{"problems", "unlink", "unlink", "Unlink incidents from it", "[key] [keys]", ""},
    Command{"reviews", "add", "", "Begin a review of an incident or a problem; prints its key",
            "[about]", "title owner due for incident file"},
    Command{"reviews", "edit", "edit", "Change what is written of it", "[key] text",
            "title owner due for cause file"},
    Command{"reviews", "action", "action", "Add something that is to be done", "[key] [text]",
            "owner due for"},
    Command{"reviews", "action-done", "action_done", "Say that one of them is done",
            "[key] [number]", ""},
    Command{"reviews", "done", "done", "End the review; it has its causes", "[key] text", "cause"},
    Command{"reviews", "reopen", "reopen", "Open it again", "[key] text", ""},
    Command{"reviews", "note", "note", "Add a note to its timeline", "[key] [text]", ""},
    Command{"reviews", "link", "link", "Link incidents to it", "[key] [keys]", ""},
    Command{"reviews", "unlink", "unlink", "Unlink incidents from it", "[key] [keys]", ""},
    Command{"articles", "add", "", "Write an article; prints its key", "[title]",
            "file match owner"},
    Command{"articles", "keep", "", "Keep how an incident was solved as an article", "[incident]",
            "title file match owner"},
    Command{"articles", "edit", "edit", "Change it", "[key]", "title owner match file"},
    Command{"articles", "withdraw", "withdraw", "Show it on no incident any more", "[key] text",
            ""},
    Command{"articles", "publish", "publish", "Show it again", "[key] text", ""},
    Command{"articles", "note", "note", "Add a note to its timeline", "[key] [text]", ""},
};

std::string wrong_utc(const std::string& text) {
    const auto time = parse_zone_time(text, "UTC");
    return time ? "" : time.error().message;
}

constexpr std::array kOptions = {
    Option{"title", "title", "One line"},
    Option{"owner", "owner", "Whose it is"},
    Option{"root-cause", "root_cause", "Why it happens"},
    Option{"workaround", "workaround", "How to get by until it is fixed"},
    Option{"fix", "fix", "What was changed, for good"},
    Option{"due", "due_at", "By then: 2026-12-01, \"2026-12-01 09:00\" (UTC), or RFC 3339",
           wrong_utc},
    Option{"for", "for", "Within so long: 7d", wrong_duration},
};

struct Noun {
    const char* name;
    const char* help;
    std::vector<std::string> states;  // bridge/knowledge/record.h
};
std::vector<Noun> nouns() {
    return {
        {"problems",
         "Why incidents recur: suggested, known errors, fixed",
         {"suggested", "open", "known_error", "fixed", "closed", "rejected", "all"}},
        {"reviews",
         "What is learnt of an incident: causes, actions with owners and dates",
         {"open", "done", "all"}},
        {"articles",
         "How something is handled; shown on incidents whose labels match",
         {"published", "withdrawn", "all"}},
    };
}

void add_option(CLI::App& command, std::string_view word, RecordArguments& a) {
    if (word == "cause") {
        command.add_option("--cause", a.causes, "Why it happened (repeat)");
    } else if (word == "match") {
        command.add_option("--match", a.match, "alertname=\"DiskFull\" (repeat: all must match)");
    } else if (word == "file") {
        command.add_option("--file", a.file, "Holds the text, Markdown")->type_name("FILE");
    } else if (word == "incident") {
        command.add_option("--incident", a.keys, "An incident that belongs to it (repeat)");
    }
    add_listed(command, kOptions, word, a.fields);
}

void add_positional(CLI::App& command, std::string_view word, RecordArguments& a) {
    const bool required = word.starts_with('[');
    if (required) word = word.substr(1, word.size() - 2);
    CLI::Option* added = nullptr;
    if (word == "key") {
        added = command.add_option("KEY", a.key, "As the list has it");
    } else if (word == "keys") {
        added = command.add_option("INCIDENT", a.keys, "INC-2026-000001 …");
    } else if (word == "number") {
        added = command.add_option("NUMBER", a.number, "Of the action");
    } else if (word == "about") {
        added =
            command.add_option("ABOUT", a.fields["about"], "INC-2026-000001 or PRB-2026-000001");
    } else if (word == "incident") {
        added = command.add_option("INCIDENT", a.fields["incident"], "INC-2026-000001");
    } else if (word == "title") {
        added = command.add_option("TITLE", a.fields["title"], "One line");
    } else {
        added = command.add_option("TEXT", a.text, "A word with it");
    }
    added->required(required);
}

void add_command(CLI::App& noun, Session& session, const Command& row, RecordArguments& a,
                 std::function<int()>& action) {
    auto* command = noun.add_subcommand(row.word, row.help);
    each_word(row.after, [&](std::string_view word) { add_positional(*command, word, a); });
    each_word(row.options, [&](std::string_view word) { add_option(*command, word, a); });
    command->callback([&session, &a, &action, row] {
        action = [&session, &a, row] { return change_record(session, row.noun, row.move, a); };
    });
}

void add_views(CLI::App& noun, Session& session, const Noun& row, RecordArguments& a,
               std::function<int()>& action) {
    const std::string name = row.name;
    auto* list = noun.add_subcommand("list", "The newest first; those that go on");
    list->add_option("--state", a.state, "Only in this state, or all")
        ->check(CLI::IsMember(row.states));
    list->add_option("--incident", a.incident, "Only those of this incident");
    list->add_option("--owner", a.owner, "Only this person's");
    list->add_option("--search", a.search, "Only with this text in key or title");
    list->add_option("--limit", a.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    list->callback([&session, &a, &action, name] {
        action = [&session, &a, name] { return list_records(session, name, a); };
    });
    auto* show = noun.add_subcommand("show", "One of them, with its incidents and timeline");
    show->add_option("KEY", a.key, "As the list has it")->required();
    show->callback([&session, &a, &action, name] {
        action = [&session, &a, name] { return show_record(session, name, a.key); };
    });
}

}  // namespace

void add_records(CLI::App& app, Session& session, RecordArguments& arguments,
                 std::function<int()>& action) {
    for (const Noun& row : nouns()) {
        auto* noun = app.add_subcommand(row.name, row.help);
        noun->require_subcommand(1);
        add_views(*noun, session, row, arguments, action);
        for (const Command& command : kCommands) {
            if (std::string_view(command.noun) == row.name) {
                add_command(*noun, session, command, arguments, action);
            }
        }
    }
}

}  // namespace tocsin::cli
