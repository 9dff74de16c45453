// Series that one collection gives twice: a page that says a sample again, a query that gives a row
// twice. Prometheus refuses the second, and so does the agent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/api/collector.h"

namespace tocsin::collector {

class Repeated {
  public:
    // Takes out of the readings each whose series stood there before, with the same time where it
    // has one of its own; gives how many these were. `which`: one such series, where there is one.
    std::size_t drop(Readings& readings, SeriesRef& which);

  private:
    std::vector<std::uint32_t> seen_;  // by series id: the mark of the collection that had it last
    std::uint32_t mark_ = 0;
};

}  // namespace tocsin::collector
