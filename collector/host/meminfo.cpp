#include "collector/host/meminfo.h"

#include <string>

#include "collector/api/desc.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

// "Active(anon)" with a unit is node_memory_Active_anon_bytes.
SeriesRef make_series(SeriesTable& table, const MemInfoField& field) {
    std::string name;
    for (const char c : field.key) {
        if (c == '(') {
            name += '_';
        } else if (c != ')') {
            name += c;
        }
    }
    if (field.in_bytes) name += "_bytes";
    const MetricDesc* desc = dynamic_desc(
        "node_memory_" + name, "Memory information field " + name + ".", MetricType::kGauge);
    return table.get(desc, {});
}

class MemInfo final : public Collector {
  public:
    explicit MemInfo(const Context& context)
        : file_(context.paths.procfs + "/meminfo"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        fields_.clear();
        Result<void> parsed = parse_meminfo(text, fields_);
        series_.begin();
        for (const MemInfoField& field : fields_) {
            const SeriesRef& series =
                series_.at(field.key, [&] { return make_series(*table_, field); });
            out.push_back({series, field.value});
        }
        series_.finish();
        return parsed;
    }

  private:
    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<MemInfoField> fields_;
    Listing<SeriesRef> series_;
};

}  // namespace

Result<void> parse_meminfo(std::string_view text, std::vector<MemInfoField>& out) {
    Result<void> result = success();
    if (text.empty()) return Error(ErrorCode::kInvalid, "meminfo: empty");
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        // Some old kernels print an empty line among the others.
        if (!next_field(rest, key)) continue;
        std::string_view number;
        std::string_view unit;
        std::string_view more;
        next_field(rest, number);
        next_field(rest, unit);
        const std::optional<double> value = to_number(number);
        const bool well_formed = key.size() > 1 && key.ends_with(':') && value &&
                                 (unit.empty() || unit == "kB") && !next_field(rest, more);
        if (well_formed) {
            key.remove_suffix(1);
            out.push_back({key, unit.empty() ? *value : *value * 1024, !unit.empty()});
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "meminfo: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_meminfo(const Context& context) {
    return std::make_unique<MemInfo>(context);
}

}  // namespace tocsin::collector
