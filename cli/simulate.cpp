#include "cli/simulate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "base/core/diagnostics.h"
#include "base/net/file.h"
#include "base/net/log.h"
#include "bridge/config/config.h"
#include "bridge/simulate/night.h"
#include "bridge/simulate/run.h"
#include "cli/check.h"
#include "cli/oncall_times.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace {

// A month of a busy site; beyond, the file is taken apart.
constexpr std::size_t kMostBytes = std::size_t{512} * 1024 * 1024;

Result<std::string> read_standard_input(std::istream& in) {
    std::string text;
    std::string piece(std::size_t{64} * 1024, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
        if (text.size() > kMostBytes) {
            return Error(ErrorCode::kTooLarge, "standard input: more than 512 MiB");
        }
    }
    if (in.bad()) return Error(ErrorCode::kIo, "standard input cannot be read");
    return text;
}

Tint priority_tint(bridge::Priority priority) {
    if (priority == bridge::Priority::kP1) return Tint::kRed;
    return priority == bridge::Priority::kP2 ? Tint::kYellow : Tint::kNone;
}

std::string state_of(const bridge::Incident& in) {
    std::string out(to_string(in.state));
    if (in.suppressed) out += ", " + std::string(to_string(in.suppressed->kind));
    if (in.observed) out += ", observed";
    if (in.absorbed) out += ", in " + in.parent;
    return out;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
    return out;
}

// What is observed tells nobody.
Cell told_of(const bridge::Incident& in) {
    if (!in.observed) return {joined(in.told)};
    if (in.told.empty()) return {"nobody: observed", Tint::kDim};
    return {"nobody: observed, would have paged " + joined(in.told), Tint::kDim};
}

Table incidents_table(const bridge::Simulated& outcome, const std::string& zone) {
    Table table({"OPENED", "INCIDENT", "PRIORITY", "STATE", "RESOLVED", "TOLD", "TITLE"});
    for (const bridge::IncidentSummary& one : outcome.incidents) {
        const bridge::Incident& in = one.incident;
        table.row({{zone_time(in.opened_at, zone)},
                   {in.key},
                   {std::string(to_string(in.priority)), priority_tint(in.priority)},
                   {state_of(in)},
                   {in.resolved_at ? zone_time(*in.resolved_at, zone) : ""},
                   told_of(in),
                   {in.title}});
    }
    return table;
}

// The incidents, or of many the first and how many more.
std::string about(const bridge::SentMessage& message) {
    std::vector<std::string> keys;
    for (const auto& part : message.parts) {
        if (keys.empty() || keys.back() != part.incident) keys.push_back(part.incident);
    }
    if (keys.size() <= 2) return joined(keys);
    return keys.front() + " and " + std::to_string(keys.size() - 1) + " more";
}

std::string whom(const bridge::SentMessage& message) {
    std::vector<std::string> people;
    for (const auto& part : message.parts) {
        const std::string& name =
            part.notify.person.empty() ? part.notify.address : part.notify.person;
        if (std::find(people.begin(), people.end(), name) == people.end()) people.push_back(name);
    }
    return joined(people);
}

Table messages_table(const bridge::Simulated& outcome, const std::string& zone) {
    Table table({"AT", "WHOM", "BY", "WHY", "WAKES", "INCIDENT"});
    for (const auto& [message, wakes] : outcome.messages) {
        const bool digest = message.shape == bridge::Parcel::Shape::kDigest;
        const std::string why(digest ? "digest" : to_string(message.parts.front().notify.kind));
        table.row({{zone_time(message.at, zone)},
                   {whom(message)},
                   {message.channel},
                   {why},
                   {joined({wakes.begin(), wakes.end()}), Tint::kRed},
                   {about(message)}});
    }
    return table;
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

void print_tables(const Session& session, const bridge::Simulated& outcome,
                  const std::string& zone) {
    std::ostream& out = *session.out;
    const Table incidents = incidents_table(outcome, zone);
    const Table messages = messages_table(outcome, zone);
    if (!incidents.empty()) out << incidents.text(session.colour) << "\n";
    if (!messages.empty()) out << messages.text(session.colour) << "\n";
    for (const auto& held : outcome.held) {
        out << "held back: " << held.labels.text();
        if (held.suppressor) out << " by " << phrase_of(*held.suppressor);
        out << "\n";
    }
    for (const auto& line : outcome.refused) {
        out << "line " << line.number << ": refused: " << line.why << "\n";
    }
    out << counted(outcome.incidents.size(), "incident") << ", "
        << counted(outcome.messages.size(), "message") << ", "
        << counted(static_cast<std::size_t>(outcome.wake_ups), "wake-up") << " (22:00 to 08:00 in "
        << zone << ")\n";
}

// Says what is wrong with it; nothing to simulate then.
template <class T>
std::optional<T> said(const Session& session, std::optional<T> value,
                      const Diagnostics& diagnostics) {
    for (const Diagnostic& one : diagnostics.all()) {
        const bool matters = one.level == DiagnosticLevel::kError;
        if (matters) *session.err << one.text() << "\n";
    }
    return diagnostics.has_errors() ? std::nullopt : std::move(value);
}

std::optional<Duration> duration_of(const Session& session, std::string_view option,
                                    const std::string& text) {
    const auto duration = parse_duration(text);
    if (duration) return duration.value();
    *session.err << "tocsin: " << option << ": " << duration.error().message << "\n";
    return std::nullopt;
}

std::optional<bridge::SimulateOptions> options_of(const Session& session,
                                                  const SimulateArguments& arguments,
                                                  const bridge::BridgeConfig& config) {
    bridge::SimulateOptions options;
    const auto run_on = duration_of(session, "--run-on", arguments.run_on);
    if (!run_on) return std::nullopt;
    options.run_on = *run_on;
    if (!arguments.answer_after.empty()) {
        options.answer_after = duration_of(session, "--answer-after", arguments.answer_after);
        if (!options.answer_after) return std::nullopt;
    }
    options.zone = bridge::Zone::named(config.timezone).value_or(bridge::Zone{});
    options.ringing = bridge::ringing_channels(config.channels);
    if (!arguments.waking.empty()) {
        options.ringing = {arguments.waking.begin(), arguments.waking.end()};
    }
    for (const std::string& name : options.ringing) {
        if (config.channel(name) != nullptr) continue;
        *session.err << "tocsin: --waking " << name << ": " << arguments.config
                     << " has no such channel\n";
        return std::nullopt;
    }
    return options;
}

}  // namespace

int simulate_incidents(const Session& session, const SimulateArguments& arguments) {
    const auto yaml = net::read_file(arguments.config);
    const bool piped = arguments.lines == "-";
    const auto text =
        piped ? read_standard_input(*session.in) : net::read_file(arguments.lines, kMostBytes);
    for (const auto* file : {&yaml, &text}) {
        if (*file) continue;
        *session.err << "tocsin: " << file->error().message << "\n";
        return kUnreachable;
    }

    Diagnostics of_config(arguments.config);
    auto config = said(
        session, bridge::read_config({arguments.config, yaml.value()}, included_files, of_config),
        of_config);
    Diagnostics of_lines(piped ? "standard input" : arguments.lines);
    const auto lines =
        said(session, std::optional(bridge::read_lines(text.value(), of_lines)), of_lines);
    if (!config || !lines) return kNo;
    const auto options = options_of(session, arguments, *config);
    if (!options) return kUsage;

    const std::string zone = config->timezone;
    // The engine's log is what the tables say already.
    net::configure_log(net::LogFormat::kLogfmt, net::LogLevel::kError);
    const auto outcome = bridge::simulate(
        std::make_shared<const bridge::BridgeConfig>(std::move(*config)), *lines, *options);
    if (!outcome) return fail(session, outcome.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, boost::json::parse(bridge::simulated_json(outcome.value())));
    } else {
        print_tables(session, outcome.value(), zone);
    }
    return kDone;
}

}  // namespace tocsin::cli
