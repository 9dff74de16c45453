// Gathers the readings of one collection of a target that names what it has itself (a database, a
// cache): series are found by their metric and label values, made once and kept while they are
// reported. Nothing is allocated for what was there the last time too, in the same order.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/api/listing.h"
#include "collector/api/target.h"

namespace tocsin::collector {

class Report {
  public:
    using Label = std::pair<std::string_view, std::string_view>;  // name and value
    using LabelList = std::initializer_list<Label>;

    // How many metrics of the server's own naming one target may have: names stay until the process
    // ends, so a server that makes up new ones must not fill its memory.
    static constexpr std::size_t kMostNames = 4000;

    Report(SeriesTable& table, const TargetConfig& config) : series_(table, config) {}

    void begin();
    // The same labels in the same order for one metric. Values are made valid UTF-8.
    void add(const MetricDesc& desc, double value, LabelList labels = {});
    void add(const MetricDesc& desc, double value, const std::vector<Label>& labels);
    // A metric that the server named; the first help and type of a name stay.
    void add_named(std::string_view name, std::string_view help, MetricType type, double value,
                   LabelList labels = {});
    // What was added since begin(). Of a series that was added twice the first value.
    Readings finish();

  private:
    using LabelSpan = std::span<const Label>;
    const std::string& key_of(std::string_view name, LabelSpan labels);
    SeriesRef make(const MetricDesc* desc, LabelSpan labels) const;
    void add_of(const MetricDesc& desc, double value, LabelSpan labels);

    TargetSeries series_;
    Listing<SeriesRef> kept_;
    Readings readings_;
    std::string key_;
    std::vector<SeriesId> ids_;
    std::size_t names_ = 0;
};

}  // namespace tocsin::collector
