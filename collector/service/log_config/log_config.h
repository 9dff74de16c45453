// The sections `logs` and `journal` of agent.yml: lines that count, from files and from systemd's
// journal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/units.h"
#include "base/model/labels.h"
#include "base/model/sample.h"
#include "base/net/file_lock.h"
#include "base/net/http.h"
#include "collector/api/filter.h"
#include "collector/api/target.h"

namespace tocsin::collector {

// One metric for files and the journal; the journal's series also have source="journal".
inline constexpr MetricDesc kLogMatches{
    "tocsin_log_matches_total", "Lines of the log that match the pattern.", MetricType::kCounter};
inline constexpr MetricDesc kLogLines{"tocsin_log_lines_total", "Lines of the log.",
                                      MetricType::kCounter};

struct LogPattern {
    std::string name;  // the label `pattern`
    Pattern regex;     // found anywhere in the line
    Labels labels;     // further ones of its series
};

struct LogsConfig final : TargetConfig {
    // Its name is the label `log`.
    std::vector<std::string> files;  // absolute paths, with glob(7)'s wildcards
    std::vector<LogPattern> patterns;
    Bytes limit{64ULL * 1024 * 1024};  // most that is read in one collection
};
TargetConfigs read_logs(const text::YamlNode& section, Diagnostics& diagnostics);

// An entry counts when it matches every key that is given; of several words any may be the one.
struct JournalConfig final : TargetConfig {
    // Its name is the label `log`.
    std::string directory;  // "": the system's
    std::vector<std::string> units;
    std::vector<std::string> identifiers;
    int priority = 7;  // this and worse: 0 emerg … 7 debug; 7 also takes what has none
    std::vector<LogPattern> patterns;
};
TargetConfigs read_journal(const text::YamlNode& section, Diagnostics& diagnostics);

// The file in the state directory where the position of a log is kept. Any name gives one.
inline std::string log_state_file(std::string_view state, std::string_view kind,
                                  std::string_view name) {
    std::string path(state);
    return path.append("/").append(kind).append("-").append(net::percent_encode(name));
}

// Held by who reads a log from its first collection to the end of its last call, so that a line
// counts once: an error while another has it. None where the lock's file cannot be made, since the
// position cannot be kept there either.
Result<std::optional<net::FileLock>> lock_log(const std::string& path);

}  // namespace tocsin::collector
