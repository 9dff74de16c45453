#include "collector/service/log_config/log_config.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>

namespace tocsin::collector {
namespace {

constexpr std::size_t kLongestName = 64;  // it becomes part of a file's name
constexpr std::array<std::string_view, 8> kPriorities{"emerg",   "alert",  "crit", "err",
                                                      "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 3> kOwnLabels{"log", "pattern", "source"};

LogPattern read_pattern(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a pattern", diagnostics);
    LogPattern pattern;
    reader.require("name");
    reader.require("regex");
    pattern.name = reader.string("name").value_or("");
    const std::string expression = reader.string("regex").value_or("");
    Result<Pattern> regex = Pattern::compile(expression);
    if (!regex) {
        reader.error("regex", regex.error().message);
    } else if (reader.node("regex") && expression.empty()) {
        reader.error("regex", "is empty; every line counts in tocsin_log_lines_total");
    } else {
        pattern.regex = std::move(regex).value();
    }
    LabelsBuilder labels;
    for (const auto& [name, value] : reader.string_map("labels")) {
        if (!is_label_name(name) || name.starts_with("__")) {
            reader.error("labels", "\"" + name + "\" is no label's name");
        } else if (std::find(kOwnLabels.begin(), kOwnLabels.end(), name) != kOwnLabels.end()) {
            reader.error("labels", "the label \"" + name + "\" is set by the agent");
        } else {
            labels.set(name, value);
        }
    }
    pattern.labels = labels.build();
    reader.finish();
    return pattern;
}

std::vector<LogPattern> read_patterns(text::MapReader& reader, Diagnostics& diagnostics) {
    std::vector<LogPattern> patterns;
    const text::YamlNode node = reader.node("patterns");
    if (!node) return patterns;
    if (node.kind() != text::YamlKind::kSequence) {
        reader.error("patterns", "is a list of {name, regex}");
        return patterns;
    }
    std::set<std::string> names;
    for (const text::YamlNode& item : node.items()) {
        LogPattern pattern = read_pattern(item, diagnostics);
        if (!pattern.name.empty() && !names.insert(pattern.name).second) {
            diagnostics.error(item.position(),
                              "there are two patterns \"" + pattern.name + "\" in one log");
        }
        patterns.push_back(std::move(pattern));
    }
    return patterns;
}

void read_name(text::MapReader& reader, TargetConfig& config) {
    reader.require("name");
    config.name = reader.string("name").value_or("");
    if (config.name.size() > kLongestName) {
        reader.error("name", "is longer than " + std::to_string(kLongestName) + " bytes");
    }
}

std::shared_ptr<LogsConfig> read_log(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a log", diagnostics);
    auto log = std::make_shared<LogsConfig>();
    read_pace(reader, *log);
    read_name(reader, *log);
    reader.require("files");
    log->files = read_words(reader, "files");
    for (const std::string& file : log->files) {
        if (file.starts_with('/')) continue;
        reader.error("files", "\"" + file + "\" is no absolute path");
    }
    if (reader.node("files") && log->files.empty()) reader.error("files", "names no file");
    log->patterns = read_patterns(reader, diagnostics);
    log->limit = reader.bytes("limit").value_or(log->limit);
    if (log->limit.count == 0) reader.error("limit", "must be more than nothing");
    reader.finish();
    return log;
}

void read_match(const text::YamlNode& node, JournalConfig& journal, Diagnostics& diagnostics) {
    if (!node) return;
    text::MapReader reader(node, "match", diagnostics);
    journal.units = read_words(reader, "unit");
    for (std::string& unit : journal.units) {
        if (unit.find('.') == std::string::npos) unit += ".service";  // as systemctl takes it
    }
    journal.identifiers = read_words(reader, "identifier");
    if (const auto name = reader.choice("priority", kPriorities)) {
        const auto* const at = std::find(kPriorities.begin(), kPriorities.end(), *name);
        journal.priority = static_cast<int>(at - kPriorities.begin());
    }
    reader.finish();
}

std::shared_ptr<JournalConfig> read_one_journal(const text::YamlNode& node,
                                                Diagnostics& diagnostics) {
    text::MapReader reader(node, "a journal", diagnostics);
    auto journal = std::make_shared<JournalConfig>();
    read_pace(reader, *journal);
    read_name(reader, *journal);
    journal->directory = reader.string("directory").value_or("");
    if (!journal->directory.empty() && !journal->directory.starts_with('/')) {
        reader.error("directory", "is no absolute path");
    }
    read_match(reader.node("match"), *journal, diagnostics);
    journal->patterns = read_patterns(reader, diagnostics);
    reader.finish();
    return journal;
}

template <class Read>
TargetConfigs read_list(const text::YamlNode& section, std::string_view key, std::string_view shape,
                        Read read_one, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(),
                          "\"" + std::string(key) + "\" is a list of " + std::string(shape));
        return out;
    }
    std::set<std::string> names;
    for (const text::YamlNode& node : section.items()) {
        auto config = read_one(node, diagnostics);
        if (!config->name.empty() && !names.insert(config->name).second) {
            diagnostics.error(node.position(), "there are two \"" + config->name + "\" in \"" +
                                                   std::string(key) + "\"");
        }
        out.push_back(std::move(config));
    }
    return out;
}

}  // namespace

TargetConfigs read_logs(const text::YamlNode& section, Diagnostics& diagnostics) {
    return read_list(section, "logs", "{name, files, patterns}", read_log, diagnostics);
}

TargetConfigs read_journal(const text::YamlNode& section, Diagnostics& diagnostics) {
    return read_list(section, "journal", "{name, match, patterns}", read_one_journal, diagnostics);
}

Result<std::optional<net::FileLock>> lock_log(const std::string& path) {
    Result<net::FileLock> lock = net::FileLock::take(path);
    if (lock) return std::optional(std::move(lock).value());
    if (lock.error().code != ErrorCode::kConflict) return std::optional<net::FileLock>();
    return Error(ErrorCode::kUnavailable,
                 "an earlier collection of this log still runs (" + lock.error().message + ")");
}

}  // namespace tocsin::collector
