#include "rules/promql/plan.h"

#include <algorithm>

#include "base/core/strings.h"

namespace tocsin::rules::promql {

std::uint32_t LabelIndex::number(const Labels& labels) {
    const auto [at, added] =
        numbers_.try_emplace(labels, static_cast<std::uint32_t>(labels_.size()));
    if (added) labels_.push_back(labels);
    return at->second;
}

void LabelIndex::clear() {
    numbers_.clear();
    labels_.clear();
}

std::vector<Labels> LabelIndex::take_labels() {
    std::vector<Labels> out = std::move(labels_);
    clear();
    return out;
}

LabelFilter::LabelFilter(Mode mode, const std::vector<std::string>& names) : mode_(mode) {
    for (const std::string& name : names) names_.emplace_back(name);
    if (mode == Mode::kWithout) names_.emplace_back(kMetricName);
}

Labels LabelFilter::operator()(const Labels& labels) const {
    LabelsBuilder builder(labels);
    if (mode_ == Mode::kOnly) {
        builder.keep_only(names_);
    } else {
        for (const Symbol& name : names_) builder.remove(name);
    }
    return builder.build();
}

Status Budget::spend(std::uint64_t n) {
    if (n > samples) {
        return evaluation_error(
            "query processing would load too many samples into memory in query execution");
    }
    samples -= n;
    return success();
}

Labels without_name(const Labels& labels) {
    if (!labels.has(kMetricName)) return labels;
    return LabelsBuilder(labels).remove(kMetricName).build();
}

std::string braced(const Labels& labels) {
    std::string out = "{";
    for (const Label& l : labels) {
        if (out.size() > 1) out += ", ";
        out += l.name.view();
        out += "=" + quote(l.value.view());
    }
    return out + "}";
}

std::vector<Labels> Relabeling::take_labels() {
    stamps_.assign(unique_ ? 0 : index_.labels().size(), 0);
    stamp_ = 0;
    return index_.take_labels();
}

Status Relabeling::check(std::span<const Row> rows) {
    if (unique_) return success();
    ++stamp_;
    for (const Row& row : rows) {
        if (stamps_[row.slot] == stamp_) {
            return evaluation_error("vector cannot contain metrics with the same labelset");
        }
        stamps_[row.slot] = stamp_;
    }
    return success();
}

}  // namespace tocsin::rules::promql
