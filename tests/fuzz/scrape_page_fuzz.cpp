// What an exporter may answer: text format and OpenMetrics. The first byte says which; the page
// goes through the whole intake, as a known page the second time.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collector/service/scrape/intake.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

ScrapeConfig config() {
    ScrapeConfig made;
    made.job = "j";
    made.instance = "i";
    made.sample_limit = 1000;
    return made;
}

void check_series(const PageEntry& entry, PageFormat format) {
    std::vector<TextLabel> labels;
    if (!read_series(entry.series, format, labels)) return;
    if (labels.empty() || labels.front().value != entry.name) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const PageFormat format = data[0] == 'o' ? PageFormat::kOpenMetrics : PageFormat::kText;
    const std::string_view page(reinterpret_cast<const char*>(data) + 1, size - 1);
    PageReader reader(page, format);
    PageEntry entry;
    while (reader.next(entry)) {
        if (entry.kind == PageEntry::Kind::kSample) check_series(entry, format);
    }
    const ScrapeConfig settings = config();
    SeriesTable table;
    Intake intake(settings, table);
    Readings first;
    Readings second;
    IntakeCounts counts;
    const auto once = intake.take(page, format, kNow, first, counts);
    counts = {};
    const auto again = intake.take(page, format, kNow, second, counts);
    // A page means the same whether it is known or not, and a known one brings nothing new.
    if (once.has_value() != again.has_value() || first.size() != second.size()) std::abort();
    if (once && counts.added != 0) std::abort();
    if (!once && !first.empty()) std::abort();
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (!(first[i].series == second[i].series)) std::abort();
    }
    return 0;
}
