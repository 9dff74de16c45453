// Reads what makes an alert a threshold rule, and checks that its levels make sense together.
#include <algorithm>
#include <string>

#include "base/core/strings.h"
#include "rules/file/reader.h"
#include "rules/file/vary.h"

namespace tocsin::rules {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::string_view kClearHint =
    "clear is a number (how far back across the line) or a condition such as \"<= 88\"";

std::vector<std::string_view> views(std::span<const std::string> texts) {
    return {texts.begin(), texts.end()};
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    const auto list = views(candidates);
    const std::string_view near = nearest(word, list);
    return near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?";
}

std::string list_of(std::span<const std::string> names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::optional<std::size_t> rank_of(std::string_view name, std::span<const std::string> severities) {
    const auto it = std::find(severities.begin(), severities.end(), name);
    if (it == severities.end()) return std::nullopt;
    return static_cast<std::size_t>(it - severities.begin());
}

// The condition of one level: its line with its own clear, else with the rule's distance.
std::optional<Condition> make_condition(const Line& when, const YamlNode& own_clear,
                                        const YamlNode& rule_clear, Diagnostics& diagnostics) {
    const YamlNode& clear = own_clear ? own_clear : rule_clear;
    if (!clear) return Condition(when);
    if (clear.kind() != YamlKind::kScalar) {
        diagnostics.error(clear.position(), std::string(kClearHint));
        return Condition(when);
    }
    Result<Condition> made = Condition(when);
    if (const auto distance = parse_double(clear.scalar())) {
        made = Condition::with_distance(when, *distance);
    } else if (auto line = parse_line(clear.scalar())) {
        made = Condition::with_line(when, line.value());
    } else {
        diagnostics.error(clear.position(), line.error().message + "; " + std::string(kClearHint));
        return Condition(when);
    }
    if (!made) {
        diagnostics.error(clear.position(), made.error().message);
        return Condition(when);
    }
    return made.value();
}

// What a level's map says; the line itself for a level written as one scalar.
struct LevelParts {
    YamlNode when;
    YamlNode clear;
    std::optional<Duration> hold;
    std::optional<Expression> gate;
    std::optional<Expression> expr;
};

LevelParts read_parts(const YamlNode& value, const std::string& name, const ReadContext& context) {
    LevelParts parts;
    if (value.kind() == YamlKind::kScalar) {
        parts.when = value;
        return parts;
    }
    MapReader reader(value, "level \"" + name + "\"", context.diagnostics);
    reader.require("when");
    parts.when = reader.node("when");
    parts.clear = reader.node("clear");
    parts.hold = reader.duration("for");
    parts.gate = read_expression(reader.node("and"), context);
    parts.expr = read_expression(reader.node("expr"), context);
    reader.finish();
    return parts;
}

void read_level(const std::string& name, const YamlNode& value, Position at,
                const YamlNode& rule_clear, AlertRule& rule, const ReadContext& context) {
    const bool known = rank_of(name, context.options.severities).has_value();
    if (!known) {
        context.diagnostics.error(at, "unknown level \"" + name + "\"; the severities are " +
                                          list_of(context.options.severities) +
                                          did_you_mean(name, context.options.severities));
    }
    const LevelParts parts = read_parts(value, name, context);
    if (!parts.when) return;
    const auto when = parse_line(parts.when.scalar());
    if (!when) {
        context.diagnostics.error(parts.when.position(),
                                  "level \"" + name + "\": " + when.error().message);
        return;
    }
    const auto condition =
        make_condition(when.value(), parts.clear, rule_clear, context.diagnostics);
    if (!known) return;  // it has no rank to be compared by
    rule.levels.push_back(
        Level{name, at, *condition, parts.hold.value_or(rule.hold), parts.gate, parts.expr});
}

void read_no_data(MapReader& reader, AlertRule& rule, const ReadContext& context) {
    const YamlNode node = reader.node("no_data");
    if (!node) return;
    const std::string_view word = node.scalar();
    if (word == "hold") {
        rule.no_data = NoData::kHold;
    } else if (word == "clear") {
        rule.no_data = NoData::kClear;
    } else {
        const auto it = std::find_if(rule.levels.begin(), rule.levels.end(),
                                     [&](const Level& level) { return level.name == word; });
        if (it == rule.levels.end()) {
            context.diagnostics.error(node.position(),
                                      "no_data is hold, clear or one of the rule's levels, not \"" +
                                          std::string(word) + "\"");
            return;
        }
        rule.no_data = NoData::kLevel;
        rule.no_data_level = static_cast<std::size_t>(it - rule.levels.begin());
    }
}

void check_pair(const Level& worse, const Level& milder, const ReadContext& context) {
    // Levels with expressions of their own look at different values; there is nothing to compare.
    if (worse.expr || milder.expr) return;
    if (!is_subset(worse.condition, milder.condition)) {
        context.diagnostics.error(
            worse.at, "level \"" + worse.name + "\" (" + worse.condition.when().text() +
                          ") is not within the milder \"" + milder.name + "\" (" +
                          milder.condition.when().text() + "): a value could be " + worse.name +
                          " without being " + milder.name);
        return;
    }
    if (clear_crosses(worse.condition, milder.condition)) {
        context.diagnostics.warning(
            worse.at, "level \"" + worse.name + "\" clears only at " +
                          worse.condition.clear_text() + ", which lies beyond the line of \"" +
                          milder.name + "\" (" + milder.condition.when().text() +
                          "): it would fall past it; choose a smaller clear");
    }
    if (milder.gate && (!worse.gate || worse.gate->text != milder.gate->text)) {
        context.diagnostics.warning(worse.at, "level \"" + milder.name + "\" has an `and` that \"" +
                                                  worse.name +
                                                  "\" lacks, so the worse level may be entered "
                                                  "where the milder is not");
    }
}

void override_levels(AlertRule& rule, const ReadContext& context) {
    if (context.options.overrides == nullptr) return;
    const auto over = context.options.overrides->find(rule.alert);
    if (over == context.options.overrides->end()) return;
    add_layer(over->second, rule, context.diagnostics);
}

void check_pairs(const std::vector<Level>& levels, const ReadContext& context) {
    for (std::size_t i = 1; i < levels.size(); ++i) check_pair(levels[i], levels[i - 1], context);
}

// The levels that a variation leaves, as if they were the rule's.
std::vector<Level> levels_of(const AlertRule& rule, const Variation& variation) {
    std::vector<Level> out;
    for (std::size_t i = 0; i < rule.levels.size(); ++i) {
        const auto& terms = variation.levels[i];
        if (!terms) continue;
        Level level = rule.levels[i];
        level.at = variation.at;
        level.condition = terms->condition;
        out.push_back(std::move(level));
    }
    return out;
}

}  // namespace

const std::vector<std::string>& default_severities() {
    static const std::vector<std::string> list{"info", "warning", "critical"};
    return list;
}

void read_levels(MapReader& reader, AlertRule& rule, const ReadContext& context) {
    const YamlNode levels = reader.node("levels");
    const YamlNode clear = reader.node("clear");
    const YamlNode vary = reader.node("vary");
    if (!levels) {
        for (const std::string_view key : {"clear", "no_data", "vary"}) {
            if (const YamlNode node = reader.node(key)) {
                context.diagnostics.error(
                    node.position(), "\"" + std::string(key) + "\" needs \"levels\" beside it");
            }
        }
        override_levels(rule, context);  // says that there is nothing to override
        return;
    }
    if (levels.kind() != YamlKind::kMap || levels.entries().empty()) {
        context.diagnostics.error(levels.position(),
                                  "levels is a map from a severity to a condition: "
                                  "{warning: \"> 80\", critical: \"> 92\"}");
        reader.node("no_data");
        return;
    }
    for (const auto& [name, value] : levels.entries()) {
        read_level(name, value, levels.key_node(name).position(), clear, rule, context);
    }
    std::stable_sort(rule.levels.begin(), rule.levels.end(), [&](const Level& a, const Level& b) {
        return rank_of(a.name, context.options.severities) <
               rank_of(b.name, context.options.severities);
    });
    read_no_data(reader, rule, context);
    add_layer(read_vary(vary, context.diagnostics), rule, context.diagnostics);
    override_levels(rule, context);
}

void check_threshold(const AlertRule& rule, const ReadContext& context) {
    if (!rule.is_threshold()) return;
    const auto refuse_filter = [&](const Expression& expr) {
        if (const auto filter = find_filter(expr.text)) {
            report_in_expression(context, expr, *filter,
                                 "this comparison filters, so a healthy value would look like no "
                                 "data; put the limit into levels (or write the comparison with "
                                 "bool)");
        }
    };
    refuse_filter(rule.expr);
    for (const Level& level : rule.levels) {
        if (level.expr) refuse_filter(*level.expr);
    }
    check_pairs(rule.levels, context);
    for (const Variation& variation : rule.vary) check_pairs(levels_of(rule, variation), context);
}

}  // namespace tocsin::rules
