#include "collector/host/hwmon.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

namespace fs = std::filesystem;

constexpr MetricDesc kChipNames{
    "node_hwmon_chip_names", "Annotation metric for human-readable chip names", MetricType::kGauge};
constexpr MetricDesc kSensorLabel{"node_hwmon_sensor_label", "Label for given chip and sensor",
                                  MetricType::kGauge};

struct Source {
    ProcFile file;
    SeriesRef series;
    double multiply = 1;
    double divide = 1;
    SensorShape shape = SensorShape::kNumber;
};

struct Chip {
    std::vector<std::string> listed;  // the files that it was made from
    std::vector<SeriesRef> facts;     // 1 each
    std::vector<Source> sources;
};

// Of a sensor: property → path.
using Properties = std::map<std::string, std::string>;

std::string last_part(const fs::path& path) {
    return path.filename().string();
}

// Without the line's end.
std::string_view unended(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

// The number of hwmon<n> follows the order in which drivers were loaded, the device's place on its
// bus does not.
std::string chip_name(const std::string& directory) {
    std::error_code error;
    const fs::path device = fs::canonical(directory + "/device", error);
    if (!error) {
        const std::string bus = clean_name(last_part(device.parent_path()));
        const std::string name = clean_name(last_part(device));
        if (!name.empty()) return bus.empty() ? name : bus + "_" + name;
    }
    std::string name = clean_name(read_word(directory + "/name"));
    if (!name.empty()) return name;
    const fs::path real = fs::canonical(directory, error);
    return error ? std::string() : clean_name(last_part(real));
}

class Hwmon final : public Collector {
  public:
    explicit Hwmon(const Context& context)
        : root_(context.paths.sysfs + "/class/hwmon/"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const std::size_t before = out.size();
        chips_.begin();
        for (const std::string& name : directories_in(root_)) {
            const std::string directory = root_ + name;
            std::error_code error;
            const fs::path link = fs::read_symlink(directory, error);
            // Another device may have taken the number of one that was unplugged.
            Chip& chip = chips_.at(name + " " + link.string(), [] { return Chip(); });
            report(directory, chip, out);
        }
        chips_.finish();
        drop_repeated(before, out);
        return success();
    }

  private:
    void report(const std::string& directory, Chip& chip, Readings& out) {
        // Older drivers put their files into the device's directory.
        std::vector<std::string> listed = names_in(directory);
        const std::vector<std::string> devices = names_in(directory + "/device");
        listed.push_back("/");
        listed.insert(listed.end(), devices.begin(), devices.end());
        if (listed != chip.listed) {
            chip = make_chip(directory);
            chip.listed = std::move(listed);
        }
        for (const SeriesRef& fact : chip.facts) out.push_back({fact, 1});
        for (Source& source : chip.sources) {
            // Sensors that are not connected answer with errors, which is their usual state.
            const Result<std::string_view> text = source.file.read(buffer_);
            if (!text) continue;
            const std::string_view word = unended(text.value());
            if (source.shape == SensorShape::kSwitch) {
                out.push_back({source.series, word == "1" ? 1.0 : 0.0});
            } else if (const std::optional<double> value = parse_double(word)) {
                out.push_back({source.series, *value * source.multiply / source.divide});
            }
        }
    }

    Chip make_chip(const std::string& directory) {
        Chip chip;
        std::map<std::pair<std::string, std::uint64_t>, Properties> sensors;
        for (const std::string& place : {directory + "/", directory + "/device/"}) {
            for (const std::string& name : names_in(place)) {
                const std::optional<SensorFile> file = parse_sensor_file(name);
                std::error_code error;
                if (!file || fs::is_directory(place + name, error)) continue;
                sensors[{std::string(file->type), file->number}][std::string(file->property)] =
                    place + name;
            }
        }
        const std::string name = chip_name(directory);
        const std::string readable = clean_name(read_word(directory + "/name"));
        if (!readable.empty()) {
            chip.facts.push_back(
                table_->get(&kChipNames, {{"chip", name}, {"chip_name", readable}}));
        }
        for (const auto& [key, properties] : sensors) {
            const std::string sensor = key.first + std::to_string(key.second);
            add_sensor(name, key.first, sensor, properties, chip);
        }
        return chip;
    }

    void add_sensor(const std::string& chip_name, const std::string& type,
                    const std::string& sensor, const Properties& properties, Chip& chip) {
        const auto plain = properties.contains("") ? PlainFile::kPresent : PlainFile::kAbsent;
        for (const auto& [property, path] : properties) {
            if (property == "label") {
                add_label(chip_name, sensor, path, chip);
                continue;
            }
            const SensorMetric metric = sensor_metric(type, property, plain);
            const MetricDesc* desc = dynamic_desc(metric.name, metric.help, metric.type);
            chip.sources.push_back({ProcFile(path),
                                    table_->get(desc, {{"chip", chip_name}, {"sensor", sensor}}),
                                    metric.multiply, metric.divide, metric.shape});
        }
    }

    void add_label(const std::string& chip_name, const std::string& sensor, const std::string& path,
                   Chip& chip) {
        ProcFile file(path);
        const Result<std::string_view> text = file.read(buffer_);
        if (!text || clean_name(text.value()).empty()) return;
        chip.facts.push_back(
            table_->get(&kSensorLabel, {{"chip", chip_name},
                                        {"sensor", sensor},
                                        {"label", valid_utf8(unended(text.value()))}}));
    }

    // Two chips without a device may have one name, and two properties one cleaned name.
    void drop_repeated(std::size_t from, Readings& out) const {
        const auto begin = out.begin() + static_cast<std::ptrdiff_t>(from);
        std::stable_sort(begin, out.end(), [](const Reading& a, const Reading& b) {
            return a.series.id() < b.series.id();
        });
        const auto same = [](const Reading& a, const Reading& b) { return a.series == b.series; };
        out.erase(std::unique(begin, out.end(), same), out.end());
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Chip> chips_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_hwmon(const Context& context) {
    return std::make_unique<Hwmon>(context);
}

}  // namespace tocsin::collector
