#include "collector/host/bcache.h"

#include <array>
#include <span>
#include <string>
#include <vector>

#include "collector/api/listing.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}
constexpr MetricDesc counter(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kCounter};
}

struct Item {
    std::string_view file;  // below the directory of the set or the device
    MetricDesc desc;
    double factor = 1;
};

constexpr std::array<Item, 10> kSetItems{{
    {"average_key_size",
     gauge("node_bcache_average_key_size_sectors", "Average data per key in the btree (sectors).")},
    {"btree_cache_size", gauge("node_bcache_btree_cache_size_bytes",
                               "Amount of memory currently used by the btree cache.")},
    {"cache_available_percent",
     gauge("node_bcache_cache_available_percent",
           "Percentage of cache device without dirty data, usable for writeback (may contain clean "
           "cached data).")},
    {"congested", gauge("node_bcache_congested", "Congestion.")},
    {"root_usage_percent",
     gauge("node_bcache_root_usage_percent",
           "Percentage of the root btree node in use (tree depth increases if too high).")},
    {"tree_depth", gauge("node_bcache_tree_depth", "Depth of the btree.")},
    {"internal/active_journal_entries",
     gauge("node_bcache_active_journal_entries",
           "Number of journal entries that are newer than the index.")},
    {"internal/btree_nodes", gauge("node_bcache_btree_nodes", "Total nodes in the btree.")},
    // Microseconds, which node_exporter takes for nanoseconds; ours is the same number.
    {"internal/btree_read_average_duration_us",
     gauge("node_bcache_btree_read_average_duration_seconds", "Average btree read duration."),
     1e-9},
    {"internal/cache_read_races",
     counter("node_bcache_cache_read_races_total",
             "Counts instances where while data was being read from the cache, the bucket was "
             "reused and invalidated - i.e. where the pointer was stale after the read "
             "completed.")},
}};

constexpr std::array<Item, 8> kBackingItems{{
    {"dirty_data", gauge("node_bcache_dirty_data_bytes",
                         "Amount of dirty data for this backing device in the cache.")},
    {"stats_total/bypassed",
     counter("node_bcache_bypassed_bytes_total",
             "Amount of IO (both reads and writes) that has bypassed the cache.")},
    {"stats_total/cache_hits", counter("node_bcache_cache_hits_total",
                                       "Hits counted per individual IO as bcache sees them.")},
    {"stats_total/cache_misses", counter("node_bcache_cache_misses_total",
                                         "Misses counted per individual IO as bcache sees them.")},
    {"stats_total/cache_bypass_hits",
     counter("node_bcache_cache_bypass_hits_total", "Hits for IO intended to skip the cache.")},
    {"stats_total/cache_bypass_misses",
     counter("node_bcache_cache_bypass_misses_total", "Misses for IO intended to skip the cache.")},
    {"stats_total/cache_miss_collisions",
     counter("node_bcache_cache_miss_collisions_total",
             "Instances where data insertion from cache miss raced with write (data already "
             "present).")},
    {"stats_total/cache_readaheads",
     counter("node_bcache_cache_readaheads_total", "Count of times readahead occurred.")},
}};

struct RateItem {
    double WritebackRate::*field = nullptr;
    MetricDesc desc;
};
constexpr std::array<RateItem, 5> kRateItems{{
    {&WritebackRate::target,
     gauge("node_bcache_dirty_target_bytes",
           "Current dirty data target threshold for this backing device in bytes.")},
    {&WritebackRate::rate, gauge("node_bcache_writeback_rate",
                                 "Current writeback rate for this backing device in bytes.")},
    {&WritebackRate::proportional,
     gauge("node_bcache_writeback_rate_proportional_term",
           "Current result of proportional controller, part of writeback rate")},
    {&WritebackRate::integral,
     gauge("node_bcache_writeback_rate_integral_term",
           "Current result of integral controller, part of writeback rate")},
    {&WritebackRate::change, gauge("node_bcache_writeback_change",
                                   "Last writeback rate change step for this backing device.")},
}};

constexpr std::array<Item, 3> kCacheItems{{
    {"io_errors", gauge("node_bcache_io_errors",
                        "Number of errors that have occurred, decayed by io_error_halflife.")},
    {"metadata_written",
     counter("node_bcache_metadata_written_bytes_total",
             "Sum of all non data writes (btree writes and all other metadata).")},
    {"written", counter("node_bcache_written_bytes_total",
                        "Sum of all data that has been written to the cache.")},
}};
constexpr MetricDesc kUnused = gauge("node_bcache_priority_stats_unused_percent",
                                     "The percentage of the cache that doesn't contain any data.");
constexpr MetricDesc kMetadata =
    gauge("node_bcache_priority_stats_metadata_percent", "Bcache's metadata overhead.");

struct Device {
    std::vector<NumberFile> numbers;
    ProcFile rates{""};              // writeback_rate_debug or priority_stats
    std::vector<SeriesRef> details;  // of that file; none: it is not read
};

struct Set {
    std::vector<NumberFile> numbers;
    Listing<Device> backing;
    Listing<Device> caches;
};

class Bcache final : public Collector {
  public:
    Bcache(const Context& context, std::span<const MetricDesc* const> priorities)
        : root_(context.paths.sysfs + "/fs/bcache/"),
          priorities_(priorities.begin(), priorities.end()),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        sets_.begin();
        for (const std::string& uuid : directories_in(root_)) {
            if (uuid.find('-') == std::string::npos) continue;
            const std::string path = root_ + uuid + "/";
            Set& set = sets_.at(uuid, [&] { return make_set(path, uuid); });
            report_numbers(set.numbers, out, result);
            report_devices(set, path, uuid, out, result);
        }
        sets_.finish();
        return result;
    }

  private:
    std::vector<NumberFile> files(std::span<const Item> items, const std::string& path,
                                  const Labels& labels) {
        std::vector<NumberFile> made;
        for (const Item& item : items) {
            made.push_back({ProcFile(path + std::string(item.file)),
                            table_->get(&item.desc, labels), item.factor});
        }
        return made;
    }

    Set make_set(const std::string& path, const std::string& uuid) {
        return {files(kSetItems, path, {{"uuid", valid_utf8(uuid)}}), {}, {}};
    }

    Device make_backing(const std::string& path, const Labels& labels) {
        Device device{
            files(kBackingItems, path, labels), ProcFile(path + "writeback_rate_debug"), {}};
        for (const RateItem& item : kRateItems) {
            device.details.push_back(table_->get(&item.desc, labels));
        }
        return device;
    }

    Device make_cache(const std::string& path, const Labels& labels) {
        Device device{files(kCacheItems, path, labels), ProcFile(path + "priority_stats"), {}};
        for (const MetricDesc* desc : priorities_) {
            device.details.push_back(table_->get(desc, labels));
        }
        return device;
    }

    void report_devices(Set& set, const std::string& path, const std::string& uuid, Readings& out,
                        Result<void>& result) {
        set.backing.begin();
        set.caches.begin();
        for (const std::string& name : names_in(path)) {
            const std::string below = path + name + "/";
            if (!number_after(name, "bdev").empty()) {
                Device& device = set.backing.at(name, [&] {
                    return make_backing(below,
                                        {{"uuid", valid_utf8(uuid)}, {"backing_device", name}});
                });
                report_numbers(device.numbers, out, result);
                keep_first(result, report_rates(device, out));
            } else if (!number_after(name, "cache").empty()) {
                Device& device = set.caches.at(name, [&] {
                    return make_cache(below, {{"uuid", valid_utf8(uuid)}, {"cache_device", name}});
                });
                report_numbers(device.numbers, out, result);
                keep_first(result, report_priorities(device, out));
            }
        }
        set.backing.finish();
        set.caches.finish();
    }

    void report_numbers(std::vector<NumberFile>& numbers, Readings& out, Result<void>& result) {
        for (NumberFile& number : numbers) keep_first(result, report_one(number, out));
    }

    // Files that a kernel does not have (cache_readaheads is gone from newer ones) are left out.
    Result<void> report_one(NumberFile& source, Readings& out) {
        const Result<std::string_view> text = source.file.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const std::optional<double> number = parse_human(trim(text.value()));
        if (!number) {
            return Error(ErrorCode::kInvalid,
                         source.file.path() + ": \"" + valid_utf8(trim(text.value())) + "\"");
        }
        out.push_back({source.series, *number * source.factor});
        return success();
    }

    Result<void> report_rates(Device& device, Readings& out) {
        const Result<std::string_view> text = device.rates.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        TOCSIN_TRY(const WritebackRate rate, parse_writeback_rate(text.value()));
        for (std::size_t i = 0; i < kRateItems.size(); ++i) {
            out.push_back({device.details[i], rate.*kRateItems[i].field});
        }
        return success();
    }

    Result<void> report_priorities(Device& device, Readings& out) {
        if (device.details.empty()) return success();
        const Result<std::string_view> text = device.rates.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        TOCSIN_TRY(const PriorityStats stats, parse_priority_stats(text.value()));
        out.push_back({device.details[0], static_cast<double>(stats.unused)});
        out.push_back({device.details[1], static_cast<double>(stats.metadata)});
        return success();
    }

    std::string root_;
    std::vector<const MetricDesc*> priorities_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Set> sets_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_bcache(const Context& context) {
    static constexpr std::array<const MetricDesc*, 2> kPriorities{&kUnused, &kMetadata};
    TOCSIN_TRY(const bool wanted, flag_setting(context.settings, "priority_stats", "false"));
    return std::make_unique<Bcache>(
        context,
        std::span<const MetricDesc* const>(kPriorities).first(wanted ? kPriorities.size() : 0));
}

}  // namespace tocsin::collector
