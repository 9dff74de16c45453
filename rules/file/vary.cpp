#include "rules/file/vary.h"

#include <algorithm>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::rules {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

std::optional<Line> read_line(const YamlNode& node, Diagnostics& diagnostics) {
    if (!node) return std::nullopt;
    auto line = parse_line(node.scalar());
    if (line) return line.value();
    diagnostics.error(node.position(), line.error().message);
    return std::nullopt;
}

LevelPatch read_level(const std::string& name, const YamlNode& value, Position at,
                      Diagnostics& diagnostics) {
    LevelPatch patch;
    patch.name = name;
    patch.at = at;
    if (value.kind() == YamlKind::kNull) {
        patch.removed = true;
        return patch;
    }
    if (value.kind() == YamlKind::kScalar) {
        patch.when = read_line(value, diagnostics);
        return patch;
    }
    MapReader reader(value, "level \"" + name + "\"", diagnostics);
    patch.when = read_line(reader.node("when"), diagnostics);
    if (const YamlNode clear = reader.node("clear")) {
        patch.distance = parse_double(clear.scalar());
        if (!patch.distance) patch.clear = read_line(clear, diagnostics);
    }
    patch.hold = reader.duration("for");
    reader.finish();
    return patch;
}

Matchers read_where(MapReader& reader, Diagnostics& diagnostics) {
    Matchers out;
    reader.require("where");
    const YamlNode where = reader.node("where");
    if (!where) return out;
    if (where.kind() != YamlKind::kSequence || where.items().empty()) {
        diagnostics.error(where.position(),
                          "where is a list of matchers: ['mountpoint=\"/backup\"']");
        return out;
    }
    for (const YamlNode& item : where.items()) {
        auto matcher = parse_matcher(item.scalar());
        if (matcher) {
            out.push_back(std::move(matcher).value());
        } else {
            diagnostics.error(item.position(), matcher.error().message);
        }
    }
    return out;
}

Result<LevelTerms> patched(const LevelTerms& before, const LevelPatch& patch) {
    const Line when = patch.when.value_or(before.condition.when());
    Result<Condition> condition = before.condition.moved_to(when);
    if (patch.distance) condition = Condition::with_distance(when, *patch.distance);
    if (patch.clear) condition = Condition::with_line(when, *patch.clear);
    if (!condition) return condition.error();
    return LevelTerms{std::move(condition).value(), patch.hold.value_or(before.hold)};
}

// Whether an alert may match both: no label must be one thing here and another there.
bool may_meet(const Matchers& a, const Matchers& b) {
    const auto forbids = [](const Matcher& one, const Matcher& other) {
        return one.op() == MatchOp::kEqual && one.name() == other.name() &&
               !other.matches(one.value());
    };
    return std::none_of(a.begin(), a.end(), [&](const Matcher& one) {
        return std::any_of(b.begin(), b.end(), [&](const Matcher& other) {
            return forbids(one, other) || forbids(other, one);
        });
    });
}

// Each level within the milder ones that there are.
bool is_ordered(const Variation& variation) {
    const LevelTerms* milder = nullptr;
    for (const auto& terms : variation.levels) {
        if (!terms) continue;
        if (milder != nullptr && !is_subset(terms->condition, milder->condition)) return false;
        milder = &*terms;
    }
    return true;
}

using Terms = std::vector<std::optional<LevelTerms>>;

class Layer {
  public:
    Layer(const AlertRule& rule, Diagnostics& diagnostics)
        : rule_(rule), diagnostics_(diagnostics) {}

    Variation over(const Variation& below, const VariationPatch& patch) {
        Variation out;
        out.at = patch.file == diagnostics_.file() ? patch.at : rule_.at;
        out.place = patch.file + ":" + std::to_string(patch.at.line);
        out.where = patch.where;
        out.where.insert(out.where.end(), below.where.begin(), below.where.end());
        out.levels = below.levels;
        for (const LevelPatch& level : patch.levels) apply(level, patch, out.levels);
        return out;
    }

  private:
    void apply(const LevelPatch& patch, const VariationPatch& of, Terms& levels) {
        const auto level =
            std::find_if(rule_.levels.begin(), rule_.levels.end(),
                         [&](const Level& known) { return known.name == patch.name; });
        if (level == rule_.levels.end()) {
            return wrong(patch, of,
                         "the rule has no level \"" + patch.name +
                             "\"; what is otherwise for some must be in \"levels\"");
        }
        auto& terms = levels[static_cast<std::size_t>(level - rule_.levels.begin())];
        if (patch.removed) {
            terms.reset();
            return;
        }
        // Removed by the layer below: what comes back is what the rule says, and this.
        Result<LevelTerms> made =
            patched(terms.value_or(LevelTerms{level->condition, level->hold}), patch);
        if (made) {
            terms = std::move(made).value();
        } else {
            wrong(patch, of, "level \"" + patch.name + "\": " + made.error().message);
        }
    }

    void wrong(const LevelPatch& patch, const VariationPatch& of, const std::string& why) {
        if (of.file == diagnostics_.file()) return diagnostics_.error(patch.at, why);
        // The file of rules is right, and other hosts'; the host's word on it does not count.
        diagnostics_.warning(rule_.at, of.file + ":" + std::to_string(patch.at.line) + ": " + why);
    }

    const AlertRule& rule_;
    Diagnostics& diagnostics_;
};

}  // namespace

std::vector<VariationPatch> read_vary(const YamlNode& list, Diagnostics& diagnostics) {
    std::vector<VariationPatch> out;
    if (!list || list.kind() == YamlKind::kNull) return out;
    if (list.kind() != YamlKind::kSequence) {
        diagnostics.error(list.position(), "must be a list of {where, levels}");
        return out;
    }
    for (const YamlNode& item : list.items()) {
        MapReader reader(item, "a variation", diagnostics);
        VariationPatch patch;
        patch.file = diagnostics.file();
        patch.at = item.position();
        patch.where = read_where(reader, diagnostics);
        reader.require("levels");
        const YamlNode levels = reader.node("levels");
        if (levels && levels.kind() != YamlKind::kMap) {
            diagnostics.error(levels.position(), "levels is a map from a level to its condition");
        }
        for (const auto& [name, value] : levels.entries()) {
            patch.levels.push_back(
                read_level(name, value, levels.key_node(name).position(), diagnostics));
        }
        reader.finish();
        out.push_back(std::move(patch));
    }
    return out;
}

void add_layer(const std::vector<VariationPatch>& patches, AlertRule& rule,
               Diagnostics& diagnostics) {
    Variation base;
    for (const Level& level : rule.levels) {
        base.levels.emplace_back(LevelTerms{level.condition, level.hold});
    }
    Layer layer(rule, diagnostics);
    std::vector<Variation> out;
    for (const VariationPatch& patch : patches) {
        for (const Variation& below : rule.vary) {
            if (!may_meet(patch.where, below.where)) continue;
            Variation both = layer.over(below, patch);
            // What the two make of it together may be nonsense that no alert ever has.
            if (is_ordered(both)) out.push_back(std::move(both));
        }
        Variation alone = layer.over(base, patch);
        if (patch.file != diagnostics.file() && !is_ordered(alone)) {
            diagnostics.warning(rule.at, alone.place +
                                             ": with this a value could be a worse level "
                                             "without being the milder one; it does not "
                                             "count");
            continue;
        }
        out.push_back(std::move(alone));
    }
    out.insert(out.end(), std::make_move_iterator(rule.vary.begin()),
               std::make_move_iterator(rule.vary.end()));
    rule.vary = std::move(out);
}

void check_overrides(const Overrides& overrides, std::span<const RuleFile> files,
                     std::vector<Diagnostic>& out) {
    const auto is_named = [&](const std::string& name) {
        for (const RuleFile& file : files) {
            for (const RuleGroup& group : file.groups) {
                for (const Rule& rule : group.rules) {
                    const auto* alert = std::get_if<AlertRule>(&rule);
                    if (alert != nullptr && alert->alert == name) return true;
                }
            }
        }
        return false;
    };
    for (const auto& [name, patches] : overrides) {
        if (patches.empty() || is_named(name)) continue;
        out.push_back({DiagnosticLevel::kWarning, patches.front().file, patches.front().at,
                       "\"" + name + "\" is overridden here, and no rule file has such an alert"});
    }
}

}  // namespace tocsin::rules
