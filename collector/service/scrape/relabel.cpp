#include "collector/service/scrape/relabel.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/text/unicode.h"

namespace tocsin::collector {
namespace {

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What a $ of a template names: "1" of $1 and ${1}, "$" of $$; nothing when it names nothing and
// is itself. `rest` begins behind the $ and loses what is used.
std::optional<std::string_view> reference(std::string_view& rest) {
    if (rest.starts_with('$')) {
        rest.remove_prefix(1);
        return "$";
    }
    const bool braced = rest.starts_with('{');
    const std::string_view body = rest.substr(braced ? 1 : 0);
    const auto size = static_cast<std::size_t>(std::find_if_not(body.begin(), body.end(), is_word) -
                                               body.begin());
    if (size == 0 || (braced && !body.substr(size).starts_with('}'))) return std::nullopt;
    rest.remove_prefix(size + (braced ? 2 : 0));
    return body.substr(0, size);
}

using Groups = std::vector<re2::StringPiece>;

std::string_view group(const re2::RE2& regex, const Groups& groups, std::string_view name) {
    std::optional<std::uint64_t> number = parse_uint(name);
    if (!number) {
        const auto named = regex.NamedCapturingGroups().find(std::string(name));
        if (named == regex.NamedCapturingGroups().end()) return {};
        number = static_cast<std::uint64_t>(named->second);
    }
    if (*number >= groups.size()) return {};
    const re2::StringPiece& found = groups[*number];
    return {found.data(), found.size()};
}

std::string fill(const re2::RE2& regex, const Groups& groups, std::string_view pattern) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t dollar = pattern.find('$');
        out += pattern.substr(0, dollar);
        if (dollar == std::string_view::npos) break;
        pattern.remove_prefix(dollar + 1);
        const auto name = reference(pattern);
        if (!name || *name == "$") {
            out += '$';
        } else {
            out += group(regex, groups, *name);
        }
    }
    return out;
}

// The last eight bytes of the MD5 sum, the first of them the highest, as Prometheus takes them.
std::uint64_t hash_of(std::string_view text) {
    const std::string sum = md5(text);
    std::uint64_t value = 0;
    for (std::size_t i = sum.size() - 8; i < sum.size(); ++i) {
        value = value << 8U | static_cast<unsigned char>(sum[i]);
    }
    return value;
}

std::string joined(const RelabelRule& rule, const LabelList& labels) {
    std::string out;
    for (std::size_t i = 0; i < rule.source_labels.size(); ++i) {
        if (i != 0) out += rule.separator;
        out += labels.get(rule.source_labels[i]);
    }
    return out;
}

void replace(const RelabelRule& rule, std::string_view text, LabelList& labels) {
    const std::array<std::string_view, 2> templates{rule.target_label, rule.replacement};
    std::vector<std::string> filled;
    if (!rule.regex.expand(text, templates, filled)) return;
    if (!is_label_name(filled[0]) || filled[1].empty()) {
        labels.remove(rule.target_label);
    } else {
        labels.set(filled[0], filled[1]);
    }
}

void map_names(const RelabelRule& rule, LabelList& labels) {
    const std::vector<TextLabel> before = labels.all();
    const std::array<std::string_view, 1> templates{rule.replacement};
    std::vector<std::string> filled;
    for (const TextLabel& label : before) {
        if (rule.regex.expand(label.name, templates, filled)) labels.set(filled[0], label.value);
    }
}

template <class Condition>
void remove_names(LabelList& labels, Condition goes) {
    const std::vector<TextLabel> before = labels.all();
    for (const TextLabel& label : before) {
        if (goes(label.name)) labels.remove(label.name);
    }
}

// False when the series is dropped.
bool apply(const RelabelRule& rule, LabelList& labels) {
    const std::string text = joined(rule, labels);
    switch (rule.action) {
        case RelabelAction::kKeep:
            return rule.regex.matches(text);
        case RelabelAction::kDrop:
            return !rule.regex.matches(text);
        case RelabelAction::kKeepEqual:
            return labels.get(rule.target_label) == text;
        case RelabelAction::kDropEqual:
            return labels.get(rule.target_label) != text;
        case RelabelAction::kReplace:
            replace(rule, text, labels);
            break;
        case RelabelAction::kHashMod:
            labels.set(rule.target_label, std::to_string(hash_of(text) % rule.modulus));
            break;
        case RelabelAction::kLowercase:
            labels.set(rule.target_label, tocsin::text::to_lower(text));
            break;
        case RelabelAction::kUppercase:
            labels.set(rule.target_label, tocsin::text::to_upper(text));
            break;
        case RelabelAction::kLabelMap:
            map_names(rule, labels);
            break;
        case RelabelAction::kLabelDrop:
            remove_names(labels, [&](const auto& name) { return rule.regex.matches(name); });
            break;
        case RelabelAction::kLabelKeep:
            remove_names(labels, [&](const auto& name) { return !rule.regex.matches(name); });
            break;
    }
    return true;
}

}  // namespace

std::string_view LabelList::get(std::string_view name) const {
    for (const TextLabel& label : labels_) {
        if (label.name == name) return label.value;
    }
    return {};
}

void LabelList::set(std::string_view name, std::string_view value) {
    if (value.empty()) return remove(name);
    for (TextLabel& label : labels_) {
        if (label.name != name) continue;
        label.value = value;
        return;
    }
    labels_.push_back({std::string(name), std::string(value)});
}

void LabelList::remove(std::string_view name) {
    std::erase_if(labels_, [&](const TextLabel& label) { return label.name == name; });
}

Labels LabelList::build() const {
    LabelsBuilder builder;
    for (const TextLabel& label : labels_) builder.set(label.name, label.value);
    return builder.build();
}

Result<Rewrite> Rewrite::compile(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(2 << 20);
    auto regex = std::make_shared<const re2::RE2>(piece(pattern), options);
    if (!regex->ok()) {
        return Error(ErrorCode::kInvalid,
                     "bad regular expression " + quote(pattern) + ": " + regex->error());
    }
    Rewrite out;
    out.regex_ = std::move(regex);
    return out;
}

bool Rewrite::matches(std::string_view text) const {
    return re2::RE2::FullMatch(piece(text), *regex_);
}

bool Rewrite::expand(std::string_view text, std::span<const std::string_view> templates,
                     std::vector<std::string>& out) const {
    Groups groups(static_cast<std::size_t>(regex_->NumberOfCapturingGroups()) + 1);
    if (!regex_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                       static_cast<int>(groups.size()))) {
        return false;
    }
    out.clear();
    for (const std::string_view pattern : templates) out.push_back(fill(*regex_, groups, pattern));
    return true;
}

bool relabel(std::span<const RelabelRule> rules, LabelList& labels) {
    return std::all_of(rules.begin(), rules.end(),
                       [&](const RelabelRule& rule) { return apply(rule, labels); });
}

}  // namespace tocsin::collector
