#include "collector/net/snmp/trap_counts.h"

#include <string_view>

namespace tocsin::collector::snmp {
namespace {

constexpr MetricDesc kTraps{"tocsin_traps_total", "Traps and informs that were believed.",
                            MetricType::kCounter};
constexpr MetricDesc kUnmapped{"tocsin_traps_unmapped_total",
                               "Traps and informs that no mapping knows.", MetricType::kCounter};
constexpr MetricDesc kRefused{"tocsin_traps_refused_total",
                              "Messages that were not believed, by reason.", MetricType::kCounter};
constexpr MetricDesc kDropped{"tocsin_traps_dropped_total",
                              "Messages that there was no room for, by reason.",
                              MetricType::kCounter};
constexpr std::array<std::string_view, kTrapDrops> kDropWords{"rate", "buffer", "active", "series"};

}  // namespace

TrapCounts::TrapCounts(SeriesTable& table, const TrapsConfig& config)
    : series_(table, config), job_(config.job) {
    unmapped_.series = series_.get(&kUnmapped, Labels{{"receiver", config.name}});
    for (std::size_t i = 0; i < refused_.size(); ++i) {
        const std::string_view word = refusal_word(static_cast<TrapRefusal>(i));
        refused_[i].series =
            series_.get(&kRefused, Labels{{"receiver", config.name}, {"reason", word}});
    }
    for (std::size_t i = 0; i < dropped_.size(); ++i) {
        dropped_[i].series =
            series_.get(&kDropped, Labels{{"receiver", config.name}, {"reason", kDropWords[i]}});
    }
}

void TrapCounts::came(const std::string& instance, const std::string& oid) {
    const auto at = came_.find({instance, oid});
    if (at != came_.end()) {
        ++at->second.count;
        return;
    }
    if (came_.size() >= kMostSeries) return dropped(TrapDrop::kSeries);
    const Labels labels{{"instance", instance}, {"job", job_}, {"oid", oid}};
    came_.emplace(std::pair(instance, oid), Counted{series_.get(&kTraps, labels), 1});
}

void TrapCounts::append(Readings& out) const {
    const auto add = [&](const Counted& counted) {
        out.push_back({counted.series, static_cast<double>(counted.count)});
    };
    add(unmapped_);
    for (const Counted& counted : refused_) add(counted);
    for (const Counted& counted : dropped_) add(counted);
    for (const auto& [_, counted] : came_) add(counted);
}

}  // namespace tocsin::collector::snmp
