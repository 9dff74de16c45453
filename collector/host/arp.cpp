#include "collector/host/arp.h"

#include <algorithm>
#include <string>

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kEntries{"node_arp_entries", "ARP entries by device", MetricType::kGauge};

class Arp final : public Collector {
  public:
    Arp(const Context& context, DeviceFilter filter)
        : file_(context.paths.procfs + "/net/arp"),
          filter_(std::move(filter)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = file_.read(buffer_);
        // A kernel without IPv4 has no such table.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        entries_.clear();
        Result<void> parsed = parse_arp(text.value(), entries_);
        // The kernel lists entries as they lie in its hash table, another order each time.
        std::sort(entries_.begin(), entries_.end());
        devices_.begin();
        for (auto first = entries_.begin(); first != entries_.end();) {
            const auto end = std::upper_bound(first, entries_.end(), *first);
            const SeriesRef& series = devices_.at(*first, [&] { return make_series(*first); });
            if (series) out.push_back({series, static_cast<double>(end - first)});
            first = end;
        }
        devices_.finish();
        return parsed;
    }

  private:
    SeriesRef make_series(std::string_view device) {
        if (filter_.ignored(device)) return {};
        return table_->get(&kEntries, {{"device", valid_utf8(device)}});
    }

    ProcFile file_;
    ReadBuffer buffer_;
    DeviceFilter filter_;
    SeriesTable* table_;
    std::vector<std::string_view> entries_;
    Listing<SeriesRef> devices_;  // no series: ignored
};

}  // namespace

Result<void> parse_arp(std::string_view text, std::vector<std::string_view>& devices) {
    constexpr int kColumns = 6;  // address, hardware type, flags, hardware address, mask, device
    Result<void> result = success();
    std::string_view line;
    next_line(text, line);  // the headings
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view field;
        std::string_view device;
        int columns = 0;
        for (; next_field(rest, field); ++columns) device = field;
        if (columns >= kColumns) {
            devices.push_back(device);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "net/arp: \"" + valid_utf8(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_arp(const Context& context) {
    TOCSIN_TRY(DeviceFilter filter, DeviceFilter::create(context.settings, ""));
    return std::make_unique<Arp>(context, std::move(filter));
}

}  // namespace tocsin::collector
