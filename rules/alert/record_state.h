// The state of one recording rule: the series it wrote last, so that those that vanish are ended.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/model/series.h"
#include "rules/file/rule_file.h"
#include "rules/history/history.h"
#include "rules/promql/engine.h"

namespace tocsin::rules {

class RecordState {
  public:
    explicit RecordState(const RecordRule& rule) : rule_(rule) {}

    // Writes the rule's outputs at `now` and staleness for those of last time that are gone. An
    // error (two samples become one series, more than `limit`) writes nothing.
    Result<void> evaluate(Timestamp now, const promql::Vector& values, std::int64_t limit,
                          SeriesTable& series, History& history);
    // Ends every output: the rule is gone.
    void end_all(Timestamp now, History& history);
    // Takes over what another state of the same rule wrote, so that it can be ended.
    void take_over(RecordState& other) { outputs_.merge(other.outputs_); }

    std::size_t outputs() const { return outputs_.size(); }

  private:
    struct Output {
        SeriesRef series;
        std::uint64_t cycle = 0;
    };
    Labels output_labels(const Labels& sample) const;

    const RecordRule& rule_;
    std::unordered_map<Labels, Output> outputs_;           // by the output's labels
    std::unordered_map<Labels, Labels> labels_of_sample_;  // sample → output
    std::uint64_t cycle_ = 0;
};

}  // namespace tocsin::rules
