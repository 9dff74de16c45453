// Relabelling as Prometheus does it (its documentation, "relabel_config"): rules that drop series
// and rewrite their labels. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/model/labels.h"
#include "collector/api/text_format.h"

namespace re2 {
class RE2;
}

namespace tocsin::collector {

// The labels of one series while they are rewritten; __name__ is one of them. Names are unique, no
// value is empty.
class LabelList {
  public:
    std::string_view get(std::string_view name) const;        // "" when absent
    void set(std::string_view name, std::string_view value);  // "" removes
    void remove(std::string_view name);
    void clear() { labels_.clear(); }
    bool empty() const { return labels_.empty(); }
    const std::vector<TextLabel>& all() const { return labels_; }
    Labels build() const;

  private:
    std::vector<TextLabel> labels_;  // in the order in which they came
};

enum class RelabelAction {
    kReplace,
    kKeep,
    kDrop,
    kHashMod,
    kLabelMap,
    kLabelDrop,
    kLabelKeep,
    kLowercase,
    kUppercase,
    kKeepEqual,
    kDropEqual,
};

// A regular expression that must match the whole text, and the template that its groups fill.
class Rewrite {
  public:
    static Result<Rewrite> compile(std::string_view pattern);
    bool matches(std::string_view text) const;
    // Fills each template ($1, ${1}, ${name}, $$) with what matched, as Go's Regexp.Expand does;
    // false when the text does not match.
    bool expand(std::string_view text, std::span<const std::string_view> templates,
                std::vector<std::string>& out) const;

  private:
    std::shared_ptr<const re2::RE2> regex_;
};

struct RelabelRule {
    RelabelAction action = RelabelAction::kReplace;
    std::vector<std::string> source_labels;
    std::string separator = ";";
    std::string target_label;
    Rewrite regex;
    std::uint64_t modulus = 0;
    std::string replacement = "$1";
};

// False when the series is dropped. Rules in order, each on what the one before left.
bool relabel(std::span<const RelabelRule> rules, LabelList& labels);

}  // namespace tocsin::collector
