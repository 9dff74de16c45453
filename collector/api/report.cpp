#include "collector/api/report.h"

#include <algorithm>
#include <unordered_set>

#include "base/core/strings.h"
#include "collector/api/desc.h"

namespace tocsin::collector {

void Report::begin() {
    kept_.begin();
    readings_.clear();
    readings_.reserve(ids_.size());
}

const std::string& Report::key_of(std::string_view name, LabelSpan labels) {
    key_ = name;
    for (const auto& [label, value] : labels) {
        key_ += '\x1f';
        key_ += value;
    }
    return key_;
}

SeriesRef Report::make(const MetricDesc* desc, LabelSpan labels) const {
    LabelsBuilder builder;
    for (const auto& [name, value] : labels) builder.set(name, valid_utf8(value));
    return series_.get(desc, builder.build());
}

void Report::add(const MetricDesc& desc, double value, LabelList labels) {
    add_of(desc, value, {labels.begin(), labels.size()});
}

void Report::add(const MetricDesc& desc, double value, const std::vector<Label>& labels) {
    add_of(desc, value, labels);
}

void Report::add_of(const MetricDesc& desc, double value, LabelSpan labels) {
    const SeriesRef& series =
        kept_.at(key_of(desc.name, labels), [&] { return make(&desc, labels); });
    readings_.push_back({series, value});
}

void Report::add_named(std::string_view name, std::string_view help, MetricType type, double value,
                       LabelList list) {
    const LabelSpan labels{list.begin(), list.size()};
    const SeriesRef& series = kept_.at(key_of(name, labels), [&] {
        if (names_ == kMostNames) return SeriesRef();
        ++names_;
        return make(dynamic_desc(name, help, type), labels);
    });
    if (series) readings_.push_back({series, value});
}

Readings Report::finish() {
    kept_.finish();
    ids_.clear();
    for (const Reading& reading : readings_) ids_.push_back(reading.series.id());
    std::sort(ids_.begin(), ids_.end());
    if (std::adjacent_find(ids_.begin(), ids_.end()) != ids_.end()) {
        std::unordered_set<SeriesId> seen;
        std::erase_if(readings_,
                      [&](const Reading& r) { return !seen.insert(r.series.id()).second; });
    }
    return std::exchange(readings_, {});
}

}  // namespace tocsin::collector
