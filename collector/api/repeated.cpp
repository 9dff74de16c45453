#include "collector/api/repeated.h"

#include <set>
#include <utility>

namespace tocsin::collector {

std::size_t Repeated::drop(Readings& readings, SeriesRef& which) {
    ++mark_;
    // Few sources tell when their samples were.
    std::set<std::pair<SeriesId, Timestamp>> timed;
    const auto repeats = [&](const Reading& reading) {
        const SeriesId id = reading.series.id();
        if (id >= seen_.size()) seen_.resize(std::size_t{id} + 1);
        bool before = std::exchange(seen_[id], mark_) == mark_;
        if (reading.has_time()) before = !timed.insert({id, reading.at}).second;
        if (before) which = reading.series;
        return before;
    };
    return std::erase_if(readings, repeats);
}

}  // namespace tocsin::collector
