// A rule file: text → plain typed structs, and everything that is wrong with it at once.
//
// The shape is Prometheus's (groups, alert, record, expr, for, keep_firing_for, labels,
// annotations), unchanged; `levels` makes an alert a threshold rule (docs/rules.md). Pure: text in,
// structs and diagnostics out; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/time.h"
#include "base/model/matcher.h"
#include "rules/file/condition.h"

namespace tocsin::rules {

// A PromQL expression and where its text begins.
struct Expression {
    std::string text;
    Position at;
};

using StringPairs = std::vector<std::pair<std::string, std::string>>;

struct RecordRule {
    Position at;
    std::string record;
    Expression expr;
    StringPairs labels;  // the group's and its own, sorted by name
};

// One level of a threshold rule.
struct Level {
    std::string name;  // one of the severities
    Position at;
    Condition condition;
    Duration hold{0};                // `for`: its own, else the rule's
    std::optional<Expression> gate;  // `and`
    std::optional<Expression> expr;  // its own, with the same label set as the rule's
};

// A level as some of the rule's alerts have it.
struct LevelTerms {
    Condition condition;
    Duration hold{0};
};

// Alerts for which the levels are otherwise (rules/file/vary.h). By level; none: they lack it.
struct Variation {
    Position at;
    std::string place;  // "agent.yml:33", where it is written
    Matchers where;
    std::vector<std::optional<LevelTerms>> levels;
};

// An alert that holds back what is new of a rule while it is pending or firing (semantics 1.7).
struct Dependency {
    std::string alert;
    Position at;
};

// What becomes of a level while its series gives no value (semantics 1.5).
enum class NoData {
    kDefault,  // while the collector fails hold for 15 m, then unknown; else clear
    kHold,
    kClear,
    kLevel,  // take the level no_data_level
};

// Whether people are told of what it fires (semantics 7): an observed one is recorded by the bridge
// and told to nobody.
enum class RuleMode { kActive, kObserve };
std::string_view to_string(RuleMode mode);  // "active", "observe"

struct AlertRule {
    Position at;
    std::string alert;
    Expression expr;
    Duration hold{0};  // `for`
    Duration keep_firing_for{0};
    StringPairs labels;       // the group's and its own, sorted by name; values are templates
    StringPairs annotations;  // templates
    // Of a threshold rule only, from the mildest to the worst. Empty: a plain Prometheus rule.
    std::vector<Level> levels;
    std::vector<Variation> vary;  // the first that matches an alert counts
    NoData no_data = NoData::kDefault;
    std::size_t no_data_level = 0;      // index into levels
    bool inspect = false;               // is an item of the daily inspection too
    RuleMode mode = RuleMode::kActive;  // its own, else its group's
    std::vector<Dependency> depends_on;

    bool is_threshold() const { return !levels.empty(); }
};

// The variables of an annotation's template. `level` is a threshold rule's alone.
inline constexpr std::array<std::string_view, 5> kTemplateVariables{
    "labels", "value", "externalLabels", "externalURL", "level"};

using Rule = std::variant<RecordRule, AlertRule>;

struct RuleGroup {
    Position at;
    std::string name;
    std::optional<Duration> interval;   // absent: the agent's
    std::int64_t limit = 0;             // alerts or recorded series a rule may have; 0: any number
    RuleMode mode = RuleMode::kActive;  // of its alerts that do not say themselves
    std::vector<Rule> rules;
};

struct RuleFile {
    std::string path;
    std::string version;  // the first 12 hexadecimal digits of the text's SHA-256
    std::vector<RuleGroup> groups;
};

// The one list that ranks levels, from the mildest to the worst.
const std::vector<std::string>& default_severities();  // info, warning, critical

struct VariationPatch;
// What agent.yml says over the rules' own levels, by alert.
using Overrides = std::map<std::string, std::vector<VariationPatch>, std::less<>>;

struct RuleFileOptions {
    std::span<const std::string> severities = default_severities();
    const Overrides* overrides = nullptr;  // none
};

// What could be read; use it only when `diagnostics` has no errors. The path is diagnostics.file().
RuleFile parse_rule_file(std::string_view text, const RuleFileOptions& options,
                         Diagnostics& diagnostics);

// What several files are together (each alone was checked when it was read): two threshold rules
// that would be one alert are an error, two plain rules with the same name and labels (as promtool)
// a warning. Places name the later file.
void check_rule_files(std::span<const RuleFile> files, std::vector<Diagnostic>& out);
// A dependency in a circle is an error, and so is one on an alert that is in none of the files;
// `unknown` is what that is called where these may not be all of them.
void check_dependencies(std::span<const RuleFile> files, std::vector<Diagnostic>& out,
                        DiagnosticLevel unknown = DiagnosticLevel::kError);
// The same, and what is wrong is taken out of the rules: they run without waiting for it.
void settle_dependencies(std::vector<RuleFile>& files, std::vector<Diagnostic>& out);

}  // namespace tocsin::rules
