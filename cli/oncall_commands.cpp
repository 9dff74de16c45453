#include "cli/oncall_commands.h"

#include <CLI/CLI.hpp>

#include "cli/forms.h"

namespace tocsin::cli {

namespace {

constexpr const char* kAt = "RFC 3339, or by the rotation's clock: \"2026-01-05 09:00\" (now)";

void add_filters(CLI::App& command, OncallOptions& o) {
    command.add_option("--team", o.team, "Rotations of this team");
    command.add_option("--rotation", o.rotation, "This rotation");
}

void add_views(CLI::App& oncall, Session& session, OncallOptions& o, std::function<int()>& action) {
    const auto view = [&](const char* name, const char* help, OncallView what) {
        auto* command = oncall.add_subcommand(name, help);
        add_filters(*command, o);
        command->add_option("--at", o.at, kAt);
        command->callback(
            [&, what] { action = [&, what] { return show_oncall(session, what, o); }; });
        return command;
    };
    view("now", "Who is on call, until when, and who comes then", OncallView::kNow);
    view("next", "The next shift of each rotation", OncallView::kNext);
    auto* month = view("month", "All shifts of the next 31 days", OncallView::kMonth);
    month->add_flag_callback(
        "--ical", [&] { o.form = MonthForm::kCalendar; }, "As iCalendar, half a year of it");
    month->add_option("--person", o.person, "With --ical: this person's shifts in all rotations");
    auto* calendar = oncall.add_subcommand(
        "calendar-url", "A rotation's or a person's calendar, for programs that can send no token");
    calendar->add_option("ROTATION", o.rotation, "Which rotation (all)");
    calendar->add_option("--person", o.person, "Only this person's shifts");
    calendar->callback([&] { action = [&] { return calendar_url(session, o); }; });
    auto* handover_command =
        oncall.add_subcommand("handover", "The shift's report: open, happened, due");
    add_filters(*handover_command, o);
    handover_command->callback([&] { action = [&] { return handover(session, o); }; });
}

void add_when(CLI::App& command, OncallOptions& o) {
    command.add_option("--from", o.from,
                       "RFC 3339, or by the rotation's clock: \"2026-01-05 09:00\" (now)");
    command.add_option("--to", o.to, "Until when, likewise");
    command.add_option("--for", o.length, "Instead of --to: 8h")->check(wrong_duration);
    command.add_option("--why", o.why, "Stands in the log");
}

void add_changes(CLI::App& oncall, Session& session, OncallOptions& o,
                 std::function<int()>& action) {
    auto* cover = oncall.add_subcommand("override", "Somebody stands in for a while");
    cover->add_option("ROTATION", o.rotation, "In which rotation")->required();
    cover->add_option("PERSON", o.person, "Who takes it (you)");
    cover->add_option("--instead-of", o.with, "Only this person's shifts");
    add_when(*cover, o);
    cover->callback([&] { action = [&] { return add_override(session, "cover", o); }; });

    auto* swap = oncall.add_subcommand("swap", "Two people swap their shifts for a while");
    swap->add_option("ROTATION", o.rotation, "In which rotation")->required();
    swap->add_option("PERSON", o.person, "One of them")->required();
    swap->add_option("WITH", o.with, "The other")->required();
    add_when(*swap, o);
    swap->callback([&] { action = [&] { return add_override(session, "swap", o); }; });

    auto* cancel = oncall.add_subcommand("cancel", "Cancel an override or a swap");
    cancel->add_option("ID", o.id, "As `tocsin oncall overrides` shows it")->required();
    cancel->add_option("--why", o.why, "Stands in the log");
    cancel->callback([&] { action = [&] { return cancel_override(session, o); }; });

    auto* list = oncall.add_subcommand("overrides", "Overrides and swaps, past and ahead");
    list->callback([&] { action = [&] { return list_overrides(session); }; });

    auto* test = oncall.add_subcommand("test-me", "Send a test to each of your contacts");
    test->add_option("--person", o.person, "Somebody else's; for admins");
    test->callback([&] { action = [&] { return test_me(session, o.person); }; });
}

}  // namespace

void add_oncall(CLI::App& app, Session& session, OncallOptions& options,
                std::function<int()>& action) {
    auto* oncall = app.add_subcommand("oncall", "Who is on call; overrides, swaps, handover");
    add_filters(*oncall, options);
    oncall->add_option("--at", options.at, kAt);
    oncall->require_subcommand(0, 1);
    add_views(*oncall, session, options, action);
    add_changes(*oncall, session, options, action);
    // After the subcommand's own: without one it is `now`.
    oncall->callback([&] {
        if (!action) action = [&] { return show_oncall(session, OncallView::kNow, options); };
    });
}

}  // namespace tocsin::cli
