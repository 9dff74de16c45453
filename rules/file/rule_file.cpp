#include "rules/file/rule_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "base/core/digest.h"
#include "base/model/labels.h"
#include "base/text/template.h"
#include "rules/file/reader.h"

namespace tocsin::rules {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::int64_t kMostAlerts = 1'000'000'000;
constexpr std::size_t kVersionDigits = 12;
constexpr std::array<std::string_view, 2> kModes{"active", "observe"};

// What the values of `labels` or `annotations` are. Only a threshold rule's annotations know the
// variable $level.
enum class Values { kPlain, kTemplates, kLevelTemplates };

void check_template(const std::string& text, Values values, Position at, const std::string& where,
                    const ReadContext& context) {
    if (values == Values::kPlain) return;
    if (text.find("{{") == std::string::npos) return;
    const auto parsed = values == Values::kLevelTemplates
                            ? text::Template::parse(text, kTemplateVariables)
                            : text::Template::parse(text);
    if (!parsed) {
        context.diagnostics.error(at, where + ": template: " + parsed.error().message);
    }
}

Position position_in(const YamlNode& map, const std::string& key) {
    const YamlNode value = map.find(key);
    return value ? value.position() : map.position();
}

// Prometheus takes a key without a value for one that isn't there.
bool is_set(MapReader& reader, std::string_view key) {
    return reader.node(key).kind() != YamlKind::kNull;
}

std::optional<Duration> read_duration(MapReader& reader, std::string_view key) {
    return is_set(reader, key) ? reader.duration(key) : std::nullopt;
}

// As MapReader::string_map, but a name without a value has the empty text.
StringPairs string_map(MapReader& reader, std::string_view key, const ReadContext& context) {
    const YamlNode node = reader.node(key);
    if (node.kind() != YamlKind::kMap) return reader.string_map(key);
    StringPairs pairs;
    for (const auto& [name, item] : node.entries()) {
        if (item.kind() == YamlKind::kScalar || item.kind() == YamlKind::kNull) {
            pairs.emplace_back(name, item.scalar());
        } else {
            context.diagnostics.error(
                item.position(), "\"" + name + "\" in \"" + std::string(key) + "\" must be a text");
        }
    }
    return pairs;
}

// `labels` or `annotations`: names checked, and values as templates where they are ones.
StringPairs read_pairs(MapReader& reader, std::string_view key, Values values,
                       const ReadContext& context) {
    StringPairs pairs = string_map(reader, key, context);
    const YamlNode node = reader.node(key);
    for (const auto& [name, value] : pairs) {
        const std::string where = std::string(key) + " \"" + name + "\"";
        if (!is_label_name(name) || name == kMetricName) {
            context.diagnostics.error(
                node.key_node(name).position(),
                "invalid name in " + where + ": letters, digits and _ only, no digit first");
        }
        check_template(value, values, position_in(node, name), where, context);
    }
    return pairs;
}

RuleMode read_mode(MapReader& reader, RuleMode otherwise) {
    const auto word = reader.choice("mode", kModes);
    if (!word) return otherwise;
    return *word == to_string(RuleMode::kObserve) ? RuleMode::kObserve : RuleMode::kActive;
}

// What a group gives to its rules.
struct GroupDefaults {
    StringPairs labels;
    RuleMode mode = RuleMode::kActive;
};

// The rule's labels over the group's, sorted by name.
StringPairs merge_labels(const StringPairs& group, const StringPairs& own) {
    std::map<std::string, std::string> merged(group.begin(), group.end());
    for (const auto& [name, value] : own) merged[name] = value;
    return {merged.begin(), merged.end()};
}

std::optional<Rule> read_record(const YamlNode& node, const StringPairs& group_labels,
                                const ReadContext& context) {
    MapReader reader(node, "a recording rule", context.diagnostics);
    RecordRule rule;
    rule.at = node.position();
    rule.record = reader.string("record").value_or("");
    if (!is_metric_name(rule.record)) {
        reader.error("record", "invalid recording rule name: \"" + rule.record + "\"");
    }
    const auto expr = read_expression(reader.node("expr"), context);
    rule.labels = merge_labels(group_labels, read_pairs(reader, "labels", Values::kPlain, context));
    const auto refuse = [&](std::string_view key) {
        context.diagnostics.error(node.key_node(key).position(),
                                  "invalid field \"" + std::string(key) + "\" in recording rule");
    };
    for (const std::string_view key : {"for", "keep_firing_for"}) {
        if (read_duration(reader, key).value_or(Duration{0}) != Duration{0}) refuse(key);
    }
    if (!string_map(reader, "annotations", context).empty()) refuse("annotations");
    for (const std::string_view key :
         {"levels", "clear", "no_data", "inspect", "mode", "vary", "depends_on"}) {
        if (reader.node(key)) refuse(key);
    }
    reader.node("alert");  // empty, or this were no recording rule
    reader.finish();
    if (!expr) return std::nullopt;
    rule.expr = *expr;
    return rule;
}

void refuse_severity(const AlertRule& rule, const YamlNode& node, const ReadContext& context) {
    const bool has = std::any_of(rule.labels.begin(), rule.labels.end(),
                                 [](const auto& label) { return label.first == "severity"; });
    if (!has) return;
    const YamlNode labels = node.find("labels");
    const YamlNode key = labels ? labels.key_node("severity") : YamlNode();
    context.diagnostics.error(key ? key.position() : node.position(),
                              "label \"severity\" beside levels: the level is the severity; "
                              "remove the label");
}

// A name, or a list of names.
std::vector<Dependency> read_dependencies(const YamlNode& node, const ReadContext& context) {
    std::vector<Dependency> out;
    if (!node) return out;
    std::vector<YamlNode> items{node};
    if (node.kind() == YamlKind::kSequence) items = node.items();
    for (const YamlNode& item : items) {
        if (item.scalar().empty()) {
            context.diagnostics.error(item.position(),
                                      "depends_on is the name of an alert, or a list of names");
        } else {
            out.push_back({std::string(item.scalar()), item.position()});
        }
    }
    return out;
}

std::optional<Rule> read_alert(const YamlNode& node, const GroupDefaults& group,
                               const ReadContext& context) {
    MapReader reader(node, "an alerting rule", context.diagnostics);
    AlertRule rule;
    rule.at = node.position();
    rule.alert = reader.string("alert").value_or("");
    if (rule.alert.empty()) reader.error("alert", "the alert's name must not be empty");
    const auto expr = read_expression(reader.node("expr"), context);
    rule.hold = read_duration(reader, "for").value_or(Duration{0});
    rule.keep_firing_for = read_duration(reader, "keep_firing_for").value_or(Duration{0});
    rule.labels =
        merge_labels(group.labels, read_pairs(reader, "labels", Values::kTemplates, context));
    rule.annotations =
        read_pairs(reader, "annotations",
                   node.find("levels") ? Values::kLevelTemplates : Values::kTemplates, context);
    rule.inspect = reader.boolean("inspect").value_or(false);
    rule.mode = read_mode(reader, group.mode);
    read_levels(reader, rule, context);
    rule.depends_on = read_dependencies(reader.node("depends_on"), context);
    reader.node("record");  // empty, or this were no alerting rule
    reader.finish();
    if (!expr) return std::nullopt;
    rule.expr = *expr;
    if (node.find("levels")) refuse_severity(rule, node, context);
    check_threshold(rule, context);
    return rule;
}

// Whether the key says a name; as for Prometheus an empty one says nothing.
bool is_named(const YamlNode& rule, std::string_view key) {
    const YamlNode name = rule.find(key);
    return name.kind() == YamlKind::kScalar ? !name.scalar().empty()
                                            : name.kind() != YamlKind::kNull;
}

std::optional<Rule> read_rule(const YamlNode& node, const GroupDefaults& group,
                              const ReadContext& context) {
    if (node.kind() != YamlKind::kMap) {
        context.diagnostics.error(node.position(),
                                  "a rule is a map with alert or record, and expr");
        return std::nullopt;
    }
    const bool is_alert = is_named(node, "alert");
    const bool is_record = is_named(node, "record");
    if (!node.find("expr")) {
        context.diagnostics.error(node.position(), "field \"expr\" must be set in rule");
    }
    if (is_alert && is_record) {
        context.diagnostics.error(node.position(),
                                  "only one of \"record\" and \"alert\" must be set");
        return std::nullopt;
    }
    if (is_record) return read_record(node, group.labels, context);
    if (is_alert || node.find("alert")) return read_alert(node, group, context);
    if (node.find("record")) return read_record(node, group.labels, context);
    // Read as an alert all the same, so that a misspelt "alert" is named with the key it is near.
    MapReader reader(node, "a rule", context.diagnostics);
    for (const std::string_view key :
         {"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations", "levels",
          "clear", "no_data", "inspect", "mode", "vary", "depends_on"}) {
        reader.node(key);
    }
    reader.finish();
    context.diagnostics.error(node.position(), "one of \"record\" or \"alert\" must be set");
    return std::nullopt;
}

RuleGroup read_group(const YamlNode& node, const ReadContext& context) {
    RuleGroup group;
    group.at = node.position();
    MapReader reader(node, "a group", context.diagnostics);
    if (node.kind() != YamlKind::kMap) return group;
    group.name = reader.string("name").value_or("");
    if (group.name.empty()) reader.error("name", "the group's name must not be empty");
    group.interval = read_duration(reader, "interval");
    if (group.interval == Duration{0}) group.interval.reset();
    if (is_set(reader, "limit")) {
        group.limit = reader.integer("limit", -kMostAlerts, kMostAlerts).value_or(0);
        group.limit = std::max<std::int64_t>(group.limit, 0);  // below nothing: any number too
    }
    group.mode = read_mode(reader, RuleMode::kActive);
    const GroupDefaults defaults{read_pairs(reader, "labels", Values::kPlain, context), group.mode};
    const YamlNode rules = reader.node("rules");
    reader.finish();
    if (!rules || rules.kind() == YamlKind::kNull) return group;
    if (rules.kind() != YamlKind::kSequence) {
        context.diagnostics.error(rules.position(), "rules is a list of rules");
        return group;
    }
    for (const YamlNode& rule : rules.items()) {
        if (rule.kind() == YamlKind::kNull) continue;
        if (auto read = read_rule(rule, defaults, context)) group.rules.push_back(std::move(*read));
    }
    return group;
}

// What makes two rules one: a recorded series, or an alert's name, with the same labels.
using RuleKey = std::tuple<bool, std::string, StringPairs>;

RuleKey key_of(const Rule& rule) {
    if (const auto* alert = std::get_if<AlertRule>(&rule)) {
        return {true, alert->alert, alert->labels};
    }
    const auto& record = std::get<RecordRule>(rule);
    return {false, record.record, record.labels};
}

Position position_of(const Rule& rule) {
    return std::visit([](const auto& r) { return r.at; }, rule);
}

bool is_threshold(const Rule& rule) {
    const auto* alert = std::get_if<AlertRule>(&rule);
    return alert != nullptr && alert->is_threshold();
}

struct SeenRule {
    bool threshold = false;
    const RuleFile* file = nullptr;
    std::string place;
};

// Which pairs are looked for: a file's own are told when it is read, others when all are there.
enum class Pairs { kWithinAFile, kBetweenFiles };

class DuplicateFinder {
  public:
    DuplicateFinder(Pairs pairs, std::vector<Diagnostic>& out) : pairs_(pairs), out_(out) {}

    void look_at(const RuleFile& file, const Rule& rule) {
        const Position at = position_of(rule);
        const RuleKey key = key_of(rule);
        const bool threshold = is_threshold(rule);
        const SeenRule here{threshold, &file, file.path + ":" + std::to_string(at.line)};
        const auto [it, is_new] = seen_.emplace(key, here);
        if (is_new || (it->second.file == &file) != (pairs_ == Pairs::kWithinAFile)) return;
        const bool one_alert = threshold || it->second.threshold;
        out_.push_back({one_alert ? DiagnosticLevel::kError : DiagnosticLevel::kWarning, file.path,
                        at,
                        "duplicate rule: \"" + std::get<1>(key) + "\" with the same labels is at " +
                            it->second.place +
                            (one_alert ? "; both would be one alert, give one of them a label "
                                         "of its own"
                                       : "")});
    }

  private:
    Pairs pairs_;
    std::vector<Diagnostic>& out_;
    std::map<RuleKey, SeenRule> seen_;
};

void find_duplicates(std::span<const RuleFile> files, Pairs pairs, std::vector<Diagnostic>& out) {
    DuplicateFinder finder(pairs, out);
    for (const RuleFile& file : files) {
        for (const RuleGroup& group : file.groups) {
            for (const Rule& rule : group.rules) finder.look_at(file, rule);
        }
    }
}

}  // namespace

std::string_view to_string(RuleMode mode) {
    return kModes[static_cast<std::size_t>(mode)];
}

RuleFile parse_rule_file(std::string_view text, const RuleFileOptions& options,
                         Diagnostics& diagnostics) {
    RuleFile file;
    file.path = diagnostics.file();
    file.version = hex(sha256(text)).substr(0, kVersionDigits);
    const YamlNode root = text::parse_yaml(text, diagnostics, text::Documents::kFirst);
    if (!root || root.kind() == YamlKind::kNull) return file;
    const SourceText source(text);
    const ReadContext context{options, source, diagnostics};
    MapReader reader(root, "a rule file", diagnostics);
    const YamlNode groups = reader.node("groups");
    reader.finish();
    if (!groups || groups.kind() == YamlKind::kNull) return file;
    if (groups.kind() != YamlKind::kSequence) {
        diagnostics.error(groups.position(), "groups is a list of groups");
        return file;
    }
    std::set<std::string> names;
    for (const YamlNode& node : groups.items()) {
        RuleGroup group = read_group(node, context);
        if (!group.name.empty() && !names.insert(group.name).second) {
            diagnostics.error(position_in(node, "name"),
                              "groupname: \"" + group.name + "\" is repeated in the same file");
        }
        file.groups.push_back(std::move(group));
    }
    std::vector<Diagnostic> duplicates;
    find_duplicates({&file, 1}, Pairs::kWithinAFile, duplicates);
    for (Diagnostic& d : duplicates) diagnostics.add(std::move(d));
    return file;
}

void check_rule_files(std::span<const RuleFile> files, std::vector<Diagnostic>& out) {
    find_duplicates(files, Pairs::kBetweenFiles, out);
}

}  // namespace tocsin::rules
