#include "collector/host/rapl.h"

#include <map>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kJoules{"node_rapl_joules_total", "Current RAPL value in joules",
                             MetricType::kCounter};
constexpr double kMicrojoules = 1e-6;

class Rapl final : public Collector {
  public:
    Rapl(const Context& context, bool zone_label)
        : class_(context.paths.sysfs + "/class/powercap/"),
          zone_label_(zone_label),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        std::vector<std::string> entries = names_in(class_);
        if (entries != entries_) {
            entries_ = std::move(entries);
            find_zones();
        }
        Result<void> result = success();
        // Since Linux 5.10 root alone may read the energy: it tells too much of what is computed.
        for (NumberFile& zone : zones_) {
            keep_first(result, report_number(zone, Unreadable::kSkip, buffer_, out));
        }
        return result;
    }

  private:
    // What has a name is a zone. Those of one name are counted, unless their names have numbers.
    void find_zones() {
        std::vector<NumberFile> zones;
        std::map<std::string, std::uint64_t> next;
        for (const std::string& entry : entries_) {
            const std::string name = read_word(class_ + entry + "/name");
            if (name.empty()) continue;
            RaplName zone = parse_rapl_name(name);
            if (!zone.numbered) zone.index = next[zone.name];
            next[zone.name] = zone.index + 1;
            zones.push_back(
                {ProcFile(class_ + entry + "/energy_uj"), make_series(zone, entry), kMicrojoules});
        }
        zones_ = std::move(zones);
    }

    SeriesRef make_series(const RaplName& zone, const std::string& entry) {
        const std::string name = valid_utf8(zone.name);
        LabelsBuilder labels;
        labels.set("index", std::to_string(zone.index));
        labels.set("path", valid_utf8(class_ + entry));
        if (zone_label_) {
            labels.set("rapl_zone", name);
            return table_->get(&kJoules, labels.build());
        }
        const MetricDesc* desc =
            dynamic_desc("node_rapl_" + zone.name + "_joules_total",
                         "Current RAPL " + name + " value in joules", MetricType::kCounter);
        return table_->get(desc, labels.build());
    }

    std::string class_;
    bool zone_label_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> entries_;
    std::vector<NumberFile> zones_;
};

}  // namespace

RaplName parse_rapl_name(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash != std::string_view::npos) {
        if (const auto index = to_uint(text.substr(dash + 1))) {
            return {std::string(text.substr(0, dash)), *index, true};
        }
    }
    return {std::string(text), 0, false};
}

Result<std::unique_ptr<Collector>> create_rapl(const Context& context) {
    TOCSIN_TRY(const bool zone_label,
               flag_setting(context.settings, "enable_zone_label", kRaplZoneLabel));
    return std::make_unique<Rapl>(context, zone_label);
}

}  // namespace tocsin::collector
