#include "rules/alert/record_state.h"

#include <string>
#include <unordered_set>
#include <utility>

namespace tocsin::rules {

Labels RecordState::output_labels(const Labels& sample) const {
    LabelsBuilder builder(sample);
    builder.set(kMetricName, rule_.record);
    for (const auto& [name, value] : rule_.labels) builder.set(name, value);
    return builder.build();
}

Result<void> RecordState::evaluate(Timestamp now, const promql::Vector& values, std::int64_t limit,
                                   SeriesTable& series, History& history) {
    if (values.empty() && outputs_.empty()) return success();
    const auto count = static_cast<std::int64_t>(values.size());
    if (limit > 0 && count > limit) {
        return Error(ErrorCode::kTooLarge, "exceeded limit of " + std::to_string(limit) + " with " +
                                               std::to_string(count) + " series");
    }
    if (labels_of_sample_.size() > 4 * values.size() + 64) labels_of_sample_.clear();
    std::unordered_set<Labels> seen;
    seen.reserve(values.size());
    for (const promql::VectorSample& sample : values) {
        auto known = labels_of_sample_.find(sample.labels);
        if (known == labels_of_sample_.end()) {
            known = labels_of_sample_.emplace(sample.labels, output_labels(sample.labels)).first;
        }
        if (!seen.insert(known->second).second) {
            return Error(ErrorCode::kInvalid,
                         "vector contains metrics with the same labelset after applying rule "
                         "labels");
        }
    }
    ++cycle_;
    for (const promql::VectorSample& sample : values) {
        const Labels& labels = labels_of_sample_.at(sample.labels);
        Output& output = outputs_[labels];
        if (!output.series) output.series = series.get(nullptr, labels);
        output.cycle = cycle_;
        history.append(output.series, now, sample.v);
    }
    for (auto it = outputs_.begin(); it != outputs_.end();) {
        if (it->second.cycle == cycle_) {
            ++it;
            continue;
        }
        history.append(it->second.series, now, kStaleNaN);
        it = outputs_.erase(it);
    }
    return success();
}

void RecordState::end_all(Timestamp now, History& history) {
    for (auto& [labels, output] : outputs_) history.append(output.series, now, kStaleNaN);
    outputs_.clear();
}

}  // namespace tocsin::rules
