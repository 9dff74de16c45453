#include "collector/service/systemd/unit_failures.h"

#include <algorithm>

namespace tocsin::collector {
namespace {

constexpr MetricDesc kFailures{"tocsin_unit_failures_total",
                               "How often a unit failed, also when it was restarted at once.",
                               MetricType::kCounter};

// A service that is to be restarted goes on from failed to auto-restart at once, and keeps its
// result until it is started.
bool is_failing(const UnitChange& change) {
    return !change.result.empty() && change.result != "success" &&
           (change.active_state == "failed" || change.sub_state.starts_with("auto-restart"));
}

}  // namespace

void UnitFailures::begin(std::uint64_t since) {
    if (!began_) since_ = since;
    began_ = true;
}

void UnitFailures::note(const UnitChange& change, Timestamp now) {
    const bool failing = is_failing(change);
    const auto [entry, is_new] = seen_.try_emplace(change.unit);
    Seen& seen = entry->second;
    // systemd tells of units also when nothing happened to them (daemon-reload).
    if (is_new) seen = {failing && change.inactive_since <= since_, since_};
    if (failing && (!seen.failing || change.inactive_since > seen.inactive_since)) {
        count(change.unit, change.result, now);
    }
    seen = {failing, std::max(seen.inactive_since, change.inactive_since)};
}

void UnitFailures::note_not_started(const std::string& unit, Timestamp now) {
    count(unit, "dependency", now);
}

void UnitFailures::count(const std::string& unit, const std::string& result, Timestamp now) {
    Counter& counter = counters_[{unit, result}];
    ++counter.count;
    counter.last = now;
    if (counters_.size() <= kMostCounters) return;
    counters_.erase(std::min_element(
        counters_.begin(), counters_.end(),
        [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
}

void UnitFailures::report(Timestamp now, const std::function<bool(const std::string& unit)>& listed,
                          Readings& out) {
    std::erase_if(seen_, [&](const auto& seen) { return !listed(seen.first); });
    std::erase_if(counters_, [&](const auto& counter) {
        return now - counter.second.last > kKept && !listed(counter.first.first);
    });
    for (auto& [key, counter] : counters_) {
        if (!counter.series) {
            counter.series =
                series_->get(&kFailures, {{"unit", key.first}, {"result", key.second}});
        }
        out.push_back({counter.series, counter.told ? static_cast<double>(counter.count) : 0.0});
        counter.told = true;
    }
}

}  // namespace tocsin::collector
