#include "collector/host/nvme.h"

#include <array>
#include <string>
#include <vector>

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/host/class_devices.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{"node_nvme_info",
                           "Non-numeric data from /sys/class/nvme/<device>, value is always 1.",
                           MetricType::kGauge};
constexpr std::array<WordSource, 4> kWords{{
    {"firmware_revision", "firmware_rev"},
    {"model", "model"},
    {"serial", "serial"},
    {"state", "state"},
}};

class Nvme final : public Collector {
  public:
    explicit Nvme(const Context& context)
        : root_(context.paths.sysfs + "/class/nvme"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, names_));
        controllers_.begin();
        for (const std::string& name : names_) {
            const auto make = [&] {
                return InfoSeries(&kInfo, "device", name, root_ + "/" + name, kWords);
            };
            controllers_.at(name, make).collect(*table_, buffer_, out);
        }
        controllers_.finish();
        return success();
    }

  private:
    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> names_;
    Listing<InfoSeries> controllers_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_nvme(const Context& context) {
    return std::make_unique<Nvme>(context);
}

}  // namespace tocsin::collector
