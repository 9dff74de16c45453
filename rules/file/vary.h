// Levels that are otherwise for some of a rule's alerts (semantics 1.6): the rule's own `vary`, and
// over it `rules.overrides` of agent.yml. Pure.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/model/matcher.h"
#include "base/text/yaml.h"
#include "rules/file/rule_file.h"

namespace tocsin::rules {

// What an entry says of one level; what it leaves out stays as it was.
struct LevelPatch {
    std::string name;
    Position at;
    bool removed = false;  // written as null: these alerts do not have the level
    std::optional<Line> when;
    std::optional<double> distance;  // `clear`, in one of its two forms
    std::optional<Line> clear;
    std::optional<Duration> hold;  // `for`
};

// One entry: which alerts, by all of their labels, the agent's included; and what changes.
struct VariationPatch {
    std::string file;
    Position at;
    Matchers where;
    std::vector<LevelPatch> levels;
};

// A list of {where, levels}; what is wrong goes to the diagnostics.
std::vector<VariationPatch> read_vary(const text::YamlNode& list, Diagnostics& diagnostics);

// Lays `patches` over what the rule has: of each layer the first entry that matches counts. The
// errors (a level that the rule does not have, a way back that is none) are reported at the entry;
// of one of another file they are warnings at the rule, and the entry does not count.
void add_layer(const std::vector<VariationPatch>& patches, AlertRule& rule,
               Diagnostics& diagnostics);

// The overrides of alerts that no rule has, as warnings.
void check_overrides(const Overrides& overrides, std::span<const RuleFile> files,
                     std::vector<Diagnostic>& out);

}  // namespace tocsin::rules
