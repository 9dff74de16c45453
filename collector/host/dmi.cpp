#include "collector/host/dmi.h"

#include <array>
#include <string>
#include <string_view>

#include "base/core/strings.h"
#include "collector/api/procfile.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{
    "node_dmi_info",
    "A metric with a constant '1' value labeled by bios_date, bios_release, bios_vendor, "
    "bios_version, board_asset_tag, board_name, board_serial, board_vendor, board_version, "
    "chassis_asset_tag, chassis_serial, chassis_vendor, chassis_version, product_family, "
    "product_name, product_serial, product_sku, product_uuid, product_version, system_vendor if "
    "provided by DMI.",
    MetricType::kGauge};

// Files of class/dmi/id and the labels that they become.
struct LabelOf {
    std::string_view file;
    std::string_view label;
};
constexpr std::array<LabelOf, 20> kLabels{{
    {"bios_date", "bios_date"},
    {"bios_release", "bios_release"},
    {"bios_vendor", "bios_vendor"},
    {"bios_version", "bios_version"},
    {"board_asset_tag", "board_asset_tag"},
    {"board_name", "board_name"},
    {"board_serial", "board_serial"},
    {"board_vendor", "board_vendor"},
    {"board_version", "board_version"},
    {"chassis_asset_tag", "chassis_asset_tag"},
    {"chassis_serial", "chassis_serial"},
    {"chassis_vendor", "chassis_vendor"},
    {"chassis_version", "chassis_version"},
    {"product_family", "product_family"},
    {"product_name", "product_name"},
    {"product_serial", "product_serial"},
    {"product_sku", "product_sku"},
    {"product_uuid", "product_uuid"},
    {"product_version", "product_version"},
    {"sys_vendor", "system_vendor"},
}};

// The firmware filled its tables before the kernel ran: they are read once.
class Dmi final : public Collector {
  public:
    explicit Dmi(const Context& context) {
        const std::string root = context.paths.sysfs + "/class/dmi/id/";
        LabelsBuilder labels;
        bool any = false;
        ReadBuffer buffer;
        for (const LabelOf& row : kLabels) {
            ProcFile file(root + std::string(row.file));
            const Result<std::string_view> text = file.read(buffer);
            // Serial numbers and the UUID are root's alone; not every firmware gives every field.
            if (!text) continue;
            any = true;
            labels.set(row.label, valid_utf8(trim(text.value())));
        }
        if (any) info_ = context.series->get(&kInfo, labels.build());
    }

    Result<void> collect(Timestamp, Readings& out) override {
        if (info_) out.push_back({info_, 1});
        return success();
    }

  private:
    SeriesRef info_;  // none where there is no DMI
};

}  // namespace

Result<std::unique_ptr<Collector>> create_dmi(const Context& context) {
    return std::make_unique<Dmi>(context);
}

}  // namespace tocsin::collector
