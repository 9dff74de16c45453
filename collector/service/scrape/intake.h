// From a scraped page to readings, as Prometheus's scrape loop does it: the target's labels,
// relabelling, the sample limit.
//
// A series that stood on the last page is found by its bytes, so a page of known series builds no
// labels and allocates nothing. Not thread-safe; one a target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/service/scrape/config.h"
#include "collector/service/scrape/families.h"
#include "collector/service/scrape/page.h"

namespace tocsin::collector {

// What Prometheus tells of each scrape.
struct IntakeCounts {
    std::size_t scraped = 0;  // samples on the page
    std::size_t kept = 0;     // after relabelling
    std::size_t added = 0;    // series that the page before did not have
};

class Intake {
  public:
    Intake(const ScrapeConfig& config, SeriesTable& table);

    // Appends the page's readings. After an error (a mistake on the page, too many samples) nothing
    // is appended, as Prometheus keeps nothing of such a page.
    Result<void> take(std::string_view page, PageFormat format, Timestamp now, Readings& out,
                      IntakeCounts& counts);

    std::size_t known() const { return known_.size(); }  // for tests of what it holds on to

  private:
    // A series; several spellings of its labels may stand on a page.
    struct Slot {
        SeriesRef series;
        std::uint32_t round = 0;  // the page that had it last
    };
    // A sample's bytes. No slot: it is dropped.
    struct Known {
        Slot* slot = nullptr;
        std::uint32_t round = 0;
    };
    struct BytesHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view bytes) const {
            return std::hash<std::string_view>{}(bytes);
        }
    };

    bool beyond_limit(const IntakeCounts& counts) const;
    Result<void> sample(const PageEntry& entry, Timestamp now, Readings& out, IntakeCounts& counts);
    Result<void> unknown(const PageEntry& entry, Timestamp now, Readings& out,
                         IntakeCounts& counts);
    void drop(std::string_view series);
    bool allowed(std::string_view name) const;
    void add_target_labels(LabelList& labels) const;
    void report(Slot& slot, const PageEntry& entry, Timestamp now, Readings& out);
    void forget_others();

    const ScrapeConfig& config_;
    SeriesTable& table_;
    Labels target_;  // with job and instance
    PageFormat format_ = PageFormat::kText;
    std::uint32_t round_ = 0;
    std::size_t met_ = 0;        // of known_, on this page
    std::size_t last_good_ = 0;  // known_ after the last page without a mistake
    std::unordered_map<std::string, Known, BytesHash, std::equal_to<>> known_;
    std::unordered_map<SeriesId, Slot> slots_;  // by the series' id
    Families families_;
    std::vector<TextLabel> page_labels_;  // kept for their capacity
};

}  // namespace tocsin::collector
