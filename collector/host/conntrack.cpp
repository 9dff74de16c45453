#include "collector/host/conntrack.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "collector/api/scan.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}

constexpr MetricDesc kEntries =
    gauge("node_nf_conntrack_entries",
          "Number of currently allocated flow entries for connection tracking.");
constexpr MetricDesc kLimit =
    gauge("node_nf_conntrack_entries_limit", "Maximum size of connection tracking table.");

// By place: the kernel has renamed columns (searched became clashres, delete_list chainlength)
// and never moved one. All are gauges, as node_exporter has them.
struct Column {
    std::size_t index = 0;
    std::uint64_t ConntrackStat::*field = nullptr;
    MetricDesc desc;
};
constexpr std::array<Column, 8> kColumns{{
    {2, &ConntrackStat::found,
     gauge("node_nf_conntrack_stat_found", "Number of searched entries which were successful.")},
    {4, &ConntrackStat::invalid,
     gauge("node_nf_conntrack_stat_invalid", "Number of packets seen which can not be tracked.")},
    {5, &ConntrackStat::ignore,
     gauge("node_nf_conntrack_stat_ignore",
           "Number of packets seen which are already connected to a conntrack entry.")},
    {8, &ConntrackStat::insert,
     gauge("node_nf_conntrack_stat_insert", "Number of entries inserted into the list.")},
    {9, &ConntrackStat::insert_failed,
     gauge("node_nf_conntrack_stat_insert_failed",
           "Number of entries for which list insertion was attempted but failed.")},
    {10, &ConntrackStat::drop,
     gauge("node_nf_conntrack_stat_drop", "Number of packets dropped due to conntrack failure.")},
    {11, &ConntrackStat::early_drop,
     gauge("node_nf_conntrack_stat_early_drop",
           "Number of dropped conntrack entries to make room for new ones, if maximum table size "
           "was reached.")},
    {16, &ConntrackStat::search_restart,
     gauge("node_nf_conntrack_stat_search_restart",
           "Number of conntrack table lookups which had to be restarted due to hashtable "
           "resizes.")},
}};
constexpr std::size_t kFewest = 16;
constexpr std::size_t kMost = 17;

class Conntrack final : public Collector {
  public:
    explicit Conntrack(const Context& context)
        : stat_(context.paths.procfs + "/net/stat/nf_conntrack") {
        const std::string root = context.paths.procfs + "/sys/net/netfilter/nf_conntrack_";
        sizes_.push_back({ProcFile(root + "count"), context.series->get(&kEntries, {})});
        sizes_.push_back({ProcFile(root + "max"), context.series->get(&kLimit, {})});
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            series_[i] = context.series->get(&kColumns[i].desc, {});
        }
    }

    // Without the module nf_conntrack none of the files is there; newer kernels can be built
    // without the statistics (CONFIG_NF_CONNTRACK_PROCFS) alone.
    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        for (NumberFile& size : sizes_) {
            keep_first(result, report_number(size, Unreadable::kFail, buffer_, out));
        }
        keep_first(result, collect_stat(out));
        return result;
    }

  private:
    Result<void> collect_stat(Readings& out) {
        const Result<std::string_view> text = stat_.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        TOCSIN_TRY(const ConntrackStat stat, parse_conntrack(text.value()));
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            out.push_back({series_[i], static_cast<double>(stat.*kColumns[i].field)});
        }
        return success();
    }

    std::vector<NumberFile> sizes_;
    ProcFile stat_;
    ReadBuffer buffer_;
    std::array<SeriesRef, kColumns.size()> series_;
};

std::optional<std::uint64_t> to_hex(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    if (error != std::errc{} || at != end || text.empty()) return std::nullopt;
    return value;
}

}  // namespace

Result<ConntrackStat> parse_conntrack(std::string_view text) {
    ConntrackStat stat;
    std::string_view line;
    next_line(text, line);  // the headings
    while (next_line(text, line)) {
        std::array<std::uint64_t, kMost> values{};
        std::string_view rest = line;
        std::string_view field;
        std::size_t columns = 0;
        bool good = true;
        for (; next_field(rest, field); ++columns) {
            const auto value = to_hex(field);
            good = good && value && columns < kMost;
            if (good) values[columns] = *value;
        }
        if (!good || columns < kFewest) {
            return Error(ErrorCode::kInvalid, "nf_conntrack: \"" + valid_utf8(line) + "\"");
        }
        for (const Column& column : kColumns) stat.*column.field += values[column.index];
    }
    return stat;
}

Result<std::unique_ptr<Collector>> create_conntrack(const Context& context) {
    return std::make_unique<Conntrack>(context);
}

}  // namespace tocsin::collector
