#include "collector/host/cpufreq.h"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "collector/api/listing.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

// The kernel prints kHz (Documentation/admin-guide/pm/cpufreq.rst).
constexpr double kHertz = 1000;

struct Item {
    std::string_view file;
    MetricDesc desc;
};
constexpr std::array<Item, 6> kItems{{
    {"cpuinfo_cur_freq",
     {"node_cpu_frequency_hertz", "Current cpu thread frequency in hertz.", MetricType::kGauge}},
    {"cpuinfo_min_freq",
     {"node_cpu_frequency_min_hertz", "Minimum cpu thread frequency in hertz.",
      MetricType::kGauge}},
    {"cpuinfo_max_freq",
     {"node_cpu_frequency_max_hertz", "Maximum cpu thread frequency in hertz.",
      MetricType::kGauge}},
    {"scaling_cur_freq",
     {"node_cpu_scaling_frequency_hertz", "Current scaled CPU thread frequency in hertz.",
      MetricType::kGauge}},
    {"scaling_min_freq",
     {"node_cpu_scaling_frequency_min_hertz", "Minimum scaled CPU thread frequency in hertz.",
      MetricType::kGauge}},
    {"scaling_max_freq",
     {"node_cpu_scaling_frequency_max_hertz", "Maximum scaled CPU thread frequency in hertz.",
      MetricType::kGauge}},
}};

using Cpu = std::vector<NumberFile>;

class Cpufreq final : public Collector {
  public:
    explicit Cpufreq(const Context& context)
        : root_(context.paths.sysfs + "/devices/system/cpu"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        cpus_.begin();
        for (const std::string& name : names_in(root_)) {
            const std::string_view number = number_after(name, "cpu");
            // Most virtual machines have CPUs without it: one look each instead of six.
            std::error_code error;
            if (number.empty() ||
                !std::filesystem::exists(root_ + "/" + name + "/cpufreq", error)) {
                continue;
            }
            for (NumberFile& file : cpus_.at(name, [&] { return make_cpu(name, number); })) {
                // cpuinfo_cur_freq is root's alone, and the files of a CPU that is off are busy:
                // neither says that something is wrong.
                keep_first(result, report_number(file, Unreadable::kSkip, buffer_, out));
            }
        }
        cpus_.finish();
        return result;
    }

  private:
    Cpu make_cpu(const std::string& name, std::string_view number) {
        Cpu cpu;
        for (const Item& item : kItems) {
            cpu.push_back({ProcFile(root_ + "/" + name + "/cpufreq/" + std::string(item.file)),
                           table_->get(&item.desc, {{"cpu", number}}), kHertz});
        }
        return cpu;
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Cpu> cpus_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_cpufreq(const Context& context) {
    return std::make_unique<Cpufreq>(context);
}

}  // namespace tocsin::collector
