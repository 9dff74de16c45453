#include "collector/api/target.h"

#include <algorithm>

namespace tocsin::collector {

TargetSeries::TargetSeries(SeriesTable& table, const TargetConfig& config) : table_(&table) {
    LabelsBuilder builder(config.labels);
    if (!config.instance.empty()) {
        builder.set("job", config.job);
        builder.set("instance", config.instance);
    }
    own_ = builder.build();
}

SeriesRef TargetSeries::get(const MetricDesc* desc, const Labels& labels) const {
    if (own_.empty()) return table_->get(desc, labels);
    LabelsBuilder builder(labels);
    for (const Label& label : own_) {
        if (labels.get(label.name).empty()) builder.set(label.name, label.value);
    }
    return table_->get(desc, builder.build());
}

void TargetConfig::settle_pace(Duration interval) {
    if (every == Duration{0}) every = interval;
    timeout = std::min(timeout, every);
}

void read_target(text::MapReader& reader, TargetConfig& into, std::string_view job) {
    into.job = reader.string("job").value_or(std::string(job));
    read_pace(reader, into);
}

void read_pace(text::MapReader& reader, TargetConfig& into) {
    into.position = reader.position();
    const auto every = reader.duration("every");
    const auto timeout = reader.duration("timeout");
    if (every) into.every = *every;
    if (timeout) into.timeout = *timeout;
    if (every && *every <= Duration{0}) reader.error("every", "must be more than nothing");
    if (timeout && *timeout <= Duration{0}) reader.error("timeout", "must be more than nothing");
    if (into.every > Duration{0} && into.timeout > into.every) {
        if (timeout) {
            reader.error("timeout",
                         "is longer than \"every\" (" + format_duration(into.every) + ")");
        } else {
            into.timeout = into.every;
        }
    }
}

std::vector<std::string> read_words(text::MapReader& reader, std::string_view key) {
    if (reader.node(key).kind() == text::YamlKind::kSequence) return reader.strings(key);
    std::vector<std::string> words;
    if (auto word = reader.string(key)) words.push_back(std::move(*word));
    return words;
}

}  // namespace tocsin::collector
