#include "collector/service/scrape/relabel_config.h"

#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

using text::MapReader;

// What a rule of each action may not say, and whether it needs target_label (Prometheus:
// RelabelConfig). What an action merely does not look at may stand there, as in Prometheus.
constexpr std::array<std::string_view, 4> kComparing{"regex", "modulus", "separator",
                                                     "replacement"};
constexpr std::array<std::string_view, 5> kNaming{"source_labels", "target_label", "modulus",
                                                  "separator", "replacement"};
constexpr std::array<std::string_view, 1> kCase{"replacement"};

struct ActionRow {
    std::string_view name;
    RelabelAction action;
    bool target;
    std::span<const std::string_view> refuses = {};
};

constexpr std::array<ActionRow, 11> kActions{{
    {"replace", RelabelAction::kReplace, true},
    {"keep", RelabelAction::kKeep, false},
    {"drop", RelabelAction::kDrop, false},
    {"hashmod", RelabelAction::kHashMod, true},
    {"labelmap", RelabelAction::kLabelMap, false},
    {"labeldrop", RelabelAction::kLabelDrop, false, kNaming},
    {"labelkeep", RelabelAction::kLabelKeep, false, kNaming},
    {"lowercase", RelabelAction::kLowercase, true, kCase},
    {"uppercase", RelabelAction::kUppercase, true, kCase},
    {"keepequal", RelabelAction::kKeepEqual, true, kComparing},
    {"dropequal", RelabelAction::kDropEqual, true, kComparing},
}};

const ActionRow* find_action(std::string_view name) {
    for (const ActionRow& row : kActions) {
        if (iequals(row.name, name)) return &row;  // as in Prometheus, in whatever case
    }
    return nullptr;
}

const ActionRow* read_action(MapReader& reader) {
    std::array<std::string_view, kActions.size()> names;
    for (std::size_t i = 0; i < kActions.size(); ++i) names[i] = kActions[i].name;
    const auto node = reader.node("action");
    if (!node) return &kActions.front();
    if (const ActionRow* row = find_action(node.scalar())) return row;
    const auto chosen = reader.choice("action", names);
    return chosen ? find_action(*chosen) : nullptr;
}

// A label's name, or a template of one, as replace's target and labelmap's replacement are.
bool is_name_template(std::string_view text) {
    static const auto kForm = Rewrite::compile(R"((?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+)");
    return kForm.value().matches(text);
}

bool fits(MapReader& reader, const ActionRow& row) {
    bool good = true;
    for (const std::string_view key : row.refuses) {
        if (!reader.node(key)) continue;
        reader.error(key, "is nothing that the action " + std::string(row.name) + " takes");
        good = false;
    }
    return good;
}

bool read_target_label(MapReader& reader, const ActionRow& row, RelabelRule& rule) {
    rule.target_label = reader.string("target_label").value_or("");
    if (!row.target) return true;
    if (rule.target_label.empty()) {
        reader.error("target_label", "is what the action " + std::string(row.name) + " needs");
        return false;
    }
    const bool is_template = row.action == RelabelAction::kReplace;
    const bool good =
        is_template ? is_name_template(rule.target_label) : is_label_name(rule.target_label);
    if (!good) reader.error("target_label", "is no label's name");
    return good;
}

bool read_modulus(MapReader& reader, const ActionRow& row, RelabelRule& rule) {
    const auto modulus = reader.integer("modulus", 1, std::numeric_limits<std::int64_t>::max());
    if (modulus) rule.modulus = static_cast<std::uint64_t>(*modulus);
    if (row.action != RelabelAction::kHashMod || modulus) return true;
    if (!reader.node("modulus")) {
        reader.error("modulus", "is what the action hashmod needs: how many values there are");
    }
    return false;
}

bool read_regex(MapReader& reader, RelabelRule& rule) {
    const std::string pattern = reader.string("regex").value_or("(.*)");
    auto compiled = Rewrite::compile(pattern);
    if (!compiled) {
        reader.error("regex", compiled.error().message);
        return false;
    }
    rule.regex = std::move(compiled).value();
    return true;
}

std::optional<RelabelRule> read_rule(const text::YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "a relabel rule", diagnostics);
    RelabelRule rule;
    const ActionRow* row = read_action(reader);
    rule.source_labels = reader.strings("source_labels");
    rule.separator = reader.string("separator").value_or(";");
    rule.replacement = reader.string("replacement").value_or("$1");
    bool good = read_regex(reader, rule);
    for (const std::string& name : rule.source_labels) {
        if (is_label_name(name)) continue;
        reader.error("source_labels", "\"" + name + "\" is no label's name");
        good = false;
    }
    if (row != nullptr) {
        rule.action = row->action;
        good = fits(reader, *row) && good;
        good = read_target_label(reader, *row, rule) && good;
        good = read_modulus(reader, *row, rule) && good;
        if (row->action == RelabelAction::kLabelMap && !is_name_template(rule.replacement)) {
            reader.error("replacement", "is no label's name");
            good = false;
        }
    } else {
        for (const std::string_view key : {"target_label", "modulus"}) reader.node(key);
        good = false;
    }
    reader.finish();
    if (!good) return std::nullopt;
    return rule;
}

}  // namespace

std::vector<RelabelRule> read_relabel(const text::YamlNode& list, Diagnostics& diagnostics) {
    std::vector<RelabelRule> rules;
    if (!list || list.kind() == text::YamlKind::kNull) return rules;
    if (list.kind() != text::YamlKind::kSequence) {
        diagnostics.error(list.position(), "\"metric_relabel_configs\" is a list of rules");
        return rules;
    }
    for (const text::YamlNode& node : list.items()) {
        if (auto rule = read_rule(node, diagnostics)) rules.push_back(*std::move(rule));
    }
    return rules;
}

}  // namespace tocsin::collector
