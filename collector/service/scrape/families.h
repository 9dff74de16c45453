// What the pages of one target say of their families: TYPE, HELP and UNIT, and what follows from
// them for each of a family's samples.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/model/sample.h"
#include "collector/service/scrape/page.h"

namespace tocsin::collector {

// Not thread-safe.
class Families {
  public:
    static constexpr std::size_t kMost = 20'000;    // more families are not described,
    static constexpr std::size_t kMostText = 2048;  // nor is anything with a longer name or text

    // Of kType, kHelp and kUnit.
    void note(const PageEntry& entry);
    // The description of a sample's metric; nothing when the page says nothing of it. OpenMetrics's
    // types become the text format's, as its client libraries write them: a family of counters is
    // called as its samples are, x_total; x_created and x_info are gauges.
    const MetricDesc* describe(std::string_view name) const;

  private:
    struct Family {
        PageType type = PageType::kUnknown;
        std::string help;  // as on the page, with escapes
        std::string unit;
    };
    const Family* find(std::string_view name) const;

    std::map<std::string, Family, std::less<>> all_;
};

}  // namespace tocsin::collector
