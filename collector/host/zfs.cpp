#include "collector/host/zfs.h"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kState{"node_zfs_zpool_state", "kstat.zfs.misc.state", MetricType::kGauge};
constexpr std::array<std::string_view, 7> kStates{"online",  "degraded", "faulted",  "offline",
                                                  "removed", "unavail",  "suspended"};
constexpr std::string_view kUnsigned = "4";

// What the kstats of the whole host are called as files and in metrics.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kHostKstats{
    {{"abdstats", "abd"},
     {"arcstats", "arc"},
     {"dbufstats", "dbuf"},
     {"dmu_tx", "dmu_tx"},
     {"dnodestats", "dnode"},
     {"fm", "fm"},
     {"vdev_cache_stats", "vdev_cache"},
     {"vdev_mirror_stats", "vdev_mirror"},
     {"xuio_stats", "xuio"},
     {"zfetchstats", "zfetch"},
     {"zil", "zil"}}};

// One file and the series of its fields.
struct Source {
    ProcFile file;
    std::string metric;  // "node_zfs_arc_"
    std::string help;    // "kstat.zfs.misc.arcstats."
    Labels labels;
    std::string dataset;  // of an objset
    Listing<SeriesRef> series;
};

struct Pool {
    Source io;
    ProcFile state;
    std::array<SeriesRef, kStates.size()> states;
    Listing<Source> objsets;
};

class Zfs final : public Collector {
  public:
    explicit Zfs(const Context& context)
        : root_(context.paths.procfs + "/spl/kstat/zfs/"), table_(context.series) {
        for (const auto& [file, subsystem] : kHostKstats) {
            host_.push_back(make_source(root_ + std::string(file),
                                        "node_zfs_" + std::string(subsystem) + "_", file, {}));
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        // Most hosts: the module is not loaded. An older module has fewer files.
        if (::access(root_.c_str(), F_OK) != 0) {
            pools_ = {};
            return result;
        }
        for (Source& source : host_) {
            keep_first(result, report(source, [&](std::string_view text) {
                           return report_kstat(source, text, out);
                       }));
        }
        pools_.begin();
        for (const std::string& name : directories_in(root_)) {
            Pool& pool = pools_.at(name, [&] { return make_pool(name); });
            keep_first(result, report(pool.io, [&](std::string_view text) {
                           return report_io(pool.io, text, out);
                       }));
            keep_first(result, report_objsets(name, pool, out));
            keep_first(result, report_state(pool, out));
        }
        pools_.finish();
        return result;
    }

  private:
    static Source make_source(std::string path, std::string metric, std::string_view kstat,
                              Labels labels) {
        return {ProcFile(std::move(path)),
                std::move(metric),
                "kstat.zfs.misc." + std::string(kstat) + ".",
                std::move(labels),
                {},
                {}};
    }

    Pool make_pool(const std::string& name) {
        const std::string text = valid_utf8(name);
        Pool pool{make_source(root_ + name + "/io", "node_zfs_zpool_", "io", {{"zpool", text}}),
                  ProcFile(root_ + name + "/state"),
                  {},
                  {}};
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            pool.states[i] = table_->get(&kState, {{"zpool", text}, {"state", kStates[i]}});
        }
        return pool;
    }

    // What is not there is no error: files come with new versions and go with pools.
    template <class Use>
    Result<void> report(Source& source, Use&& use) {
        const Result<std::string_view> text = source.file.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const Result<void> used = use(text.value());
        return used ? used : Result<void>(used.error().in(source.file.path()));
    }

    void push(Source& source, std::string_view field, double value, Readings& out) {
        SeriesRef& series = source.series.at(field, [&] {
            const MetricDesc* desc =
                dynamic_desc(source.metric + std::string(field), source.help + valid_utf8(field),
                             MetricType::kUntyped);
            return table_->get(desc, source.labels);
        });
        out.push_back({series, value});
    }

    Result<void> report_kstat(Source& source, std::string_view text, Readings& out) {
        TOCSIN_TRY(const std::vector<KstatField> fields, parse_kstat(text));
        return report_fields(source, fields, out);
    }

    Result<void> report_fields(Source& source, const std::vector<KstatField>& fields,
                               Readings& out) {
        source.series.begin();
        for (const KstatField& field : fields) {
            if (field.type != kUnsigned) continue;
            const auto value = to_uint(field.data);
            if (!value) {
                return Error(ErrorCode::kInvalid,
                             valid_utf8(field.name) + " is \"" + valid_utf8(field.data) + "\"");
            }
            push(source, field.name, static_cast<double>(*value), out);
        }
        source.series.finish();
        return success();
    }

    Result<void> report_io(Source& source, std::string_view text, Readings& out) {
        TOCSIN_TRY(const std::vector<PoolIo> fields, parse_pool_io(text));
        source.series.begin();
        for (const PoolIo& field : fields) push(source, field.name, field.value, out);
        source.series.finish();
        return success();
    }

    Result<void> report_objsets(const std::string& name, Pool& pool, Readings& out) {
        Result<void> result = success();
        const std::string directory = root_ + name;
        pool.objsets.begin();
        for (const std::string& file : names_in(directory)) {
            if (!file.starts_with("objset-")) continue;
            Source& source = pool.objsets.at(file, [&] {
                std::string path = directory;
                path.append("/").append(file);
                return make_source(std::move(path), "node_zfs_zpool_dataset_", "objset", {});
            });
            keep_first(result, report(source, [&](std::string_view text) {
                           return report_objset(name, source, text, out);
                       }));
        }
        pool.objsets.finish();
        return result;
    }

    Result<void> report_objset(const std::string& pool, Source& source, std::string_view text,
                               Readings& out) {
        TOCSIN_TRY(const std::vector<KstatField> fields, parse_kstat(text));
        std::string_view dataset;
        for (const KstatField& field : fields) {
            if (field.name == "dataset_name") dataset = field.data;
        }
        // Renamed, or read for the first time.
        if (source.labels.empty() || source.dataset != dataset) {
            source.dataset = dataset;
            source.labels = Labels{{"zpool", valid_utf8(pool)}, {"dataset", valid_utf8(dataset)}};
            source.series = {};
        }
        return report_fields(source, fields, out);
    }

    Result<void> report_state(Pool& pool, Readings& out) {
        const Result<std::string_view> text = pool.state.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const std::string_view state = trim(text.value());
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            out.push_back({pool.states[i], iequals(state, kStates[i]) ? 1.0 : 0.0});
        }
        return success();
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<Source> host_;
    Listing<Pool> pools_;
};

}  // namespace

Result<std::vector<KstatField>> parse_kstat(std::string_view text) {
    std::vector<KstatField> fields;
    bool heading = false;
    std::string_view line;
    while (next_line(text, line)) {
        KstatField field;
        const bool whole = next_field(line, field.name) && next_field(line, field.type);
        field.data = trim(line);
        if (!whole || field.data.empty()) continue;
        if (heading) {
            fields.push_back(field);
        } else {
            heading = field.name == "name" && field.type == "type" && field.data == "data";
        }
    }
    if (!heading) return Error(ErrorCode::kInvalid, "no heading \"name type data\"");
    return fields;
}

Result<std::vector<PoolIo>> parse_pool_io(std::string_view text) {
    std::vector<PoolIo> fields;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view name;
        std::string_view names = line;
        if (!next_field(names, name) || name != "nread") continue;
        std::string_view numbers;
        next_line(text, numbers);
        do {
            std::uint64_t value = 0;
            if (!next_uint(numbers, value)) {
                return Error(ErrorCode::kInvalid, "no number for " + valid_utf8(name));
            }
            fields.push_back({name, static_cast<double>(value)});
        } while (next_field(names, name));
        break;
    }
    return fields;
}

Result<std::unique_ptr<Collector>> create_zfs(const Context& context) {
    return std::make_unique<Zfs>(context);
}

}  // namespace tocsin::collector
