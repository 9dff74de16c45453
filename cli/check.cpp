#include "cli/check.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>

#include "agent/config/config.h"
#include "base/core/diagnostics.h"
#include "base/net/file.h"
#include "base/text/yaml.h"
#include "bridge/config/config.h"
#include "bridge/config/oncall_check.h"
#include "cli/named_files.h"
#include "cli/run.h"
#include "cli/snmp_files.h"
#include "collector/register.h"
#include "rules/file/rule_file.h"
#include "rules/file/vary.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

// What the check of several files came to; the worst of it is the exit status.
struct Outcome {
    int files = 0;
    int unread = 0;
    std::vector<Diagnostic> said;

    void add(const std::vector<Diagnostic>& diagnostics) {
        said.insert(said.end(), diagnostics.begin(), diagnostics.end());
    }
    int count(DiagnosticLevel level) const {
        return static_cast<int>(std::count_if(
            said.begin(), said.end(), [&](const Diagnostic& d) { return d.level == level; }));
    }
    int status() const {
        if (unread > 0) return kUnreachable;
        return count(DiagnosticLevel::kError) > 0 ? kNo : kDone;
    }
};

void unread(const Session& session, const Error& error, Outcome& outcome) {
    *session.err << "tocsin: " << error.message << "\n";
    ++outcome.unread;
}

std::string counted(int count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

json::value to_json(const Outcome& outcome) {
    json::array diagnostics;
    for (const auto& d : outcome.said) {
        diagnostics.push_back({{"file", d.file},
                               {"line", d.position.line},
                               {"column", d.position.column},
                               {"level", d.level == DiagnosticLevel::kError ? "error" : "warning"},
                               {"message", d.message}});
    }
    return {{"files", outcome.files},
            {"errors", outcome.count(DiagnosticLevel::kError)},
            {"warnings", outcome.count(DiagnosticLevel::kWarning)},
            {"diagnostics", std::move(diagnostics)}};
}

int tell(const Session& session, const Outcome& outcome) {
    if (session.format == Format::kJson) {
        print_json(*session.out, to_json(outcome));
        return outcome.status();
    }
    for (const auto& d : outcome.said) *session.out << d.text() << "\n";
    *session.out << counted(outcome.files, "file") << ", "
                 << counted(outcome.count(DiagnosticLevel::kError), "error") << ", "
                 << counted(outcome.count(DiagnosticLevel::kWarning), "warning") << "\n";
    return outcome.status();
}

// A path as it was given, or what a folder or a pattern of it holds; a folder without any is wrong.
std::vector<std::string> expanded(const Session& session, const std::vector<std::string>& paths,
                                  std::string_view what, Outcome& outcome) {
    std::vector<std::string> files;
    for (const auto& path : paths) {
        auto found = net::expand_paths(path);
        std::error_code hidden;  // reading it says so
        if (found.empty() && std::filesystem::is_directory(path, hidden)) {
            const std::filesystem::directory_iterator looked_into(path, hidden);
            if (hidden) {
                unread(session, errno_error(path, hidden.value()), outcome);
                continue;
            }
            Diagnostics nothing(path);
            nothing.error({}, "this folder holds no " + std::string(what) + " (*.yml, *.yaml)");
            outcome.add(nothing.all());
            continue;
        }
        if (found.empty()) found.push_back(path);
        files.insert(files.end(), found.begin(), found.end());
    }
    return files;
}

enum class ConfigKind { kAgent, kBridge };

// By name where it says so, else by keys that only one of the two has.
ConfigKind kind_of(const std::string& path, std::string_view text) {
    const auto name = std::filesystem::path(path).filename().string();
    if (name.find("agent") != std::string::npos) return ConfigKind::kAgent;
    if (name.find("bridge") != std::string::npos) return ConfigKind::kBridge;
    Diagnostics ignored(path);
    const auto root = text::parse_yaml(text, ignored);
    for (const auto* key : {"collect", "bridge", "rules", "host", "history", "outbox"}) {
        if (root.find(key)) return ConfigKind::kAgent;
    }
    return ConfigKind::kBridge;
}

}  // namespace

Result<std::vector<bridge::SourceFile>> included_files(std::string_view pattern,
                                                       std::string_view from) {
    TOCSIN_TRY(auto files, net::read_included(pattern, from));
    std::vector<bridge::SourceFile> sources;
    for (auto& file : files) sources.push_back({std::move(file.path), std::move(file.text)});
    return sources;
}

namespace {

void check_rule_files(const Session& session, const std::vector<std::string>& paths,
                      const rules::RuleFileOptions& options, Outcome& outcome) {
    std::vector<rules::RuleFile> files;
    for (const auto& path : paths) {
        const auto text = net::read_file(path);
        if (!text) {
            unread(session, text.error(), outcome);
            continue;
        }
        ++outcome.files;
        Diagnostics diagnostics(path);
        auto file = rules::parse_rule_file(text.value(), options, diagnostics);
        outcome.add(diagnostics.all());
        if (!diagnostics.has_errors()) files.push_back(std::move(file));
    }
    std::vector<Diagnostic> together;
    rules::check_rule_files(files, together);
    // One file by itself may depend on another's alert; all of an agent's are known.
    const bool all = options.overrides != nullptr && files.size() == paths.size();
    rules::check_dependencies(files, together,
                              all ? DiagnosticLevel::kError : DiagnosticLevel::kWarning);
    rules::check_overrides(options.overrides != nullptr ? *options.overrides : rules::Overrides(),
                           files, together);
    outcome.add(together);
}

// Its own keys, what it names that is not here, and the rules and files of SNMP that it would load
// here.
void check_agent(const Session& session, std::string_view text, Diagnostics& diagnostics,
                 Outcome& outcome) {
    const auto config = agent::read_config(
        text, {collector::registrations(), collector::target_kinds()}, diagnostics);
    std::vector<std::string> files;
    for (const auto& pattern : config.rules.files) {
        const auto found = net::expand_paths(pattern);
        std::copy_if(found.begin(), found.end(), std::back_inserter(files),
                     [](const std::string& path) {
                         std::error_code hidden;  // it may not be looked at by this user
                         return std::filesystem::exists(path, hidden);
                     });
    }
    check_rule_files(session, files, {config.severities, &config.rules.overrides}, outcome);
    const SnmpFiles snmp = check_snmp_files(config, diagnostics);
    outcome.files += snmp.files;
    outcome.add(snmp.said);
    for (const Error& error : snmp.unread) unread(session, error, outcome);
}

}  // namespace

int check_rules(const Session& session, const std::vector<std::string>& paths,
                const std::vector<std::string>& severities) {
    Outcome outcome;
    check_rule_files(session, expanded(session, paths, "rule file", outcome), {severities},
                     outcome);
    return tell(session, outcome);
}

int check_config(const Session& session, const std::vector<std::string>& paths) {
    Outcome outcome;
    for (const auto& path : expanded(session, paths, "configuration file", outcome)) {
        const auto text = net::read_file(path);
        if (!text) {
            unread(session, text.error(), outcome);
            continue;
        }
        ++outcome.files;
        Diagnostics diagnostics(path);
        std::vector<std::string> included;
        switch (kind_of(path, text.value())) {
            case ConfigKind::kAgent:
                check_agent(session, text.value(), diagnostics, outcome);
                break;
            case ConfigKind::kBridge:
                if (const auto config =
                        bridge::read_config({path, text.value()}, included_files, diagnostics)) {
                    bridge::check_oncall(*config, session.now, diagnostics);
                    included.assign(config->files.begin() + 1, config->files.end());
                }
                break;
        }
        check_named_files(text.value(), diagnostics);
        outcome.add(diagnostics.all());
        for (const auto& file : included) {
            Diagnostics named(file);
            if (const auto more = net::read_file(file)) check_named_files(more.value(), named);
            outcome.add(named.all());
        }
    }
    return tell(session, outcome);
}

}  // namespace tocsin::cli
