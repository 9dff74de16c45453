#include "collector/host/meminfo_numa.h"

#include <optional>
#include <string>

#include "collector/api/desc.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/class_devices.h"

namespace tocsin::collector {
namespace {

// "Active(anon)" is node_memory_numa_Active_anon; counters end in _total.
SeriesRef make_series(SeriesTable& table, std::string_view key, MetricType type,
                      std::string_view node) {
    std::string name;
    for (const char c : key) {
        if (c == '(') {
            name += '_';
        } else if (c != ')') {
            name += c;
        }
    }
    if (type == MetricType::kCounter) name += "_total";
    const MetricDesc* desc =
        dynamic_desc("node_memory_numa_" + name, "Memory information field " + name + ".", type);
    return table.get(desc, {{"node", node}});
}

struct Node {
    ProcFile meminfo;
    ProcFile numastat;
    Listing<SeriesRef> fields;
    Listing<SeriesRef> events;
};

class MemInfoNuma final : public Collector {
  public:
    explicit MemInfoNuma(const Context& context)
        : root_(context.paths.sysfs + "/devices/system/node"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, names_));
        Result<void> result = success();
        nodes_.begin();
        for (const std::string& name : names_) {
            constexpr std::string_view kPrefix = "node";
            if (!name.starts_with(kPrefix)) continue;
            const std::string_view number = std::string_view(name).substr(kPrefix.size());
            if (!to_uint(number)) continue;
            const std::string directory = root_ + "/" + name;
            const auto make = [&] {
                return Node{
                    ProcFile(directory + "/meminfo"), ProcFile(directory + "/numastat"), {}, {}};
            };
            Node& node = nodes_.at(name, make);
            Result<void> memory = report(node.meminfo, parse_numa_meminfo, MetricType::kGauge,
                                         number, node.fields, out);
            Result<void> events = report(node.numastat, parse_numastat, MetricType::kCounter,
                                         number, node.events, out);
            if (result && !memory) result = std::move(memory);
            if (result && !events) result = std::move(events);
        }
        nodes_.finish();
        return result;
    }

  private:
    template <class Parse>
    Result<void> report(ProcFile& file, Parse parse, MetricType type, std::string_view node,
                        Listing<SeriesRef>& series, Readings& out) {
        TOCSIN_TRY(const std::string_view text, file.read(buffer_));
        found_.clear();
        Result<void> parsed = parse(text, found_);
        series.begin();
        for (const NumaField& field : found_) {
            const auto make = [&] { return make_series(*table_, field.key, type, node); };
            out.push_back({series.at(field.key, make), field.value});
        }
        series.finish();
        if (!parsed) return parsed.error().in(file.path());
        return success();
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> names_;
    std::vector<NumaField> found_;
    Listing<Node> nodes_;
};

// Behind "Node 0 ".
bool parse_field(std::string_view rest, NumaField& out) {
    std::string_view number;
    std::string_view unit;
    std::string_view more;
    if (!next_field(rest, out.key) || !next_field(rest, number)) return false;
    const std::optional<double> value = to_number(number);
    if (!value || out.key.size() < 2 || !out.key.ends_with(':')) return false;
    out.key.remove_suffix(1);
    out.value = *value;
    if (!next_field(rest, unit)) return true;
    out.value *= 1024;
    return unit == "kB" && !next_field(rest, more);
}

}  // namespace

Result<void> parse_numa_meminfo(std::string_view text, std::vector<NumaField>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view word;
        std::string_view node;
        if (!next_field(rest, word)) continue;
        NumaField field;
        if (word == "Node" && next_field(rest, node) && parse_field(rest, field)) {
            out.push_back(field);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "\"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<void> parse_numastat(std::string_view text, std::vector<NumaField>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view number;
        std::string_view more;
        NumaField field;
        if (!next_field(rest, field.key)) continue;
        const bool alone = next_field(rest, number) && !next_field(rest, more);
        const std::optional<double> value = alone ? to_number(number) : std::nullopt;
        if (value) {
            field.value = *value;
            out.push_back(field);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "\"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_meminfo_numa(const Context& context) {
    return std::make_unique<MemInfoNuma>(context);
}

}  // namespace tocsin::collector
