#include "collector/host/vmstat.h"

#include "collector/api/desc.h"
#include "collector/api/filter.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

class Vmstat final : public Collector {
  public:
    Vmstat(const Context& context, Pattern fields)
        : file_(context.paths.procfs + "/vmstat"),
          wanted_(std::move(fields)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        fields_.clear();
        Result<void> parsed = parse_vmstat(text, fields_);
        series_.begin();
        for (const VmstatField& field : fields_) {
            const SeriesRef& series = series_.at(field.key, [&] { return make_series(field.key); });
            if (series) out.push_back({series, field.value});
        }
        series_.finish();
        return parsed;
    }

  private:
    SeriesRef make_series(std::string_view key) {
        if (!wanted_.found_in(key)) return {};
        const std::string name(key);
        const MetricDesc* desc =
            dynamic_desc("node_vmstat_" + name, "/proc/vmstat information field " + name + ".",
                         MetricType::kUntyped);
        return table_->get(desc, {});
    }

    ProcFile file_;
    ReadBuffer buffer_;
    Pattern wanted_;
    SeriesTable* table_;
    std::vector<VmstatField> fields_;
    Listing<SeriesRef> series_;  // none for those not wanted
};

}  // namespace

Result<void> parse_vmstat(std::string_view text, std::vector<VmstatField>& out) {
    Result<void> result = success();
    if (text.empty()) return Error(ErrorCode::kInvalid, "vmstat: empty");
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        std::string_view number;
        if (!next_field(rest, key)) continue;
        next_field(rest, number);
        if (const auto value = to_number(number)) {
            out.push_back({key, *value});
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "vmstat: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_vmstat(const Context& context) {
    TOCSIN_TRY(Pattern fields, pattern_setting(context.settings, "fields", kVmstatFields));
    return std::make_unique<Vmstat>(context, std::move(fields));
}

}  // namespace tocsin::collector
