#include "collector/host/edac.h"

#include <string>
#include <string_view>
#include <vector>

#include "collector/api/listing.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kCorrectable{"node_edac_correctable_errors_total",
                                  "Total correctable memory errors.", MetricType::kCounter};
constexpr MetricDesc kUncorrectable{"node_edac_uncorrectable_errors_total",
                                    "Total uncorrectable memory errors.", MetricType::kCounter};
constexpr MetricDesc kRowCorrectable{"node_edac_csrow_correctable_errors_total",
                                     "Total correctable memory errors for this csrow.",
                                     MetricType::kCounter};
constexpr MetricDesc kRowUncorrectable{"node_edac_csrow_uncorrectable_errors_total",
                                       "Total uncorrectable memory errors for this csrow.",
                                       MetricType::kCounter};

using Controller = std::vector<NumberFile>;

class Edac final : public Collector {
  public:
    explicit Edac(const Context& context)
        : root_(context.paths.sysfs + "/devices/system/edac/mc/"), table_(context.series) {}

    // A host without ECC memory, or whose driver is not loaded, has no controllers.
    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        controllers_.begin();
        for (const std::string& name : names_in(root_)) {
            const std::string_view number = number_after(name, "mc");
            if (number.empty()) continue;
            Controller& controller =
                controllers_.at(name, [&] { return make_controller(root_ + name + "/", number); });
            for (NumberFile& file : controller) {
                keep_first(result, report_number(file, Unreadable::kFail, buffer_, out));
            }
        }
        controllers_.finish();
        return result;
    }

  private:
    // A controller's rows are those of the banks that were found when it was probed.
    Controller make_controller(const std::string& path, std::string_view number) {
        Controller controller;
        const auto add = [&](const std::string& file, const MetricDesc& desc,
                             const Labels& labels) {
            controller.push_back({ProcFile(path + file), table_->get(&desc, labels)});
        };
        const Labels whole{{"controller", number}};
        // Errors that the controller could not tell the row of.
        const Labels unknown{{"controller", number}, {"csrow", "unknown"}};
        add("ce_count", kCorrectable, whole);
        add("ce_noinfo_count", kRowCorrectable, unknown);
        add("ue_count", kUncorrectable, whole);
        add("ue_noinfo_count", kRowUncorrectable, unknown);
        for (const std::string& name : names_in(path)) {
            const std::string_view row = number_after(name, "csrow");
            if (row.empty()) continue;
            const Labels labels{{"controller", number}, {"csrow", row}};
            add(name + "/ce_count", kRowCorrectable, labels);
            add(name + "/ue_count", kRowUncorrectable, labels);
        }
        return controller;
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Controller> controllers_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_edac(const Context& context) {
    return std::make_unique<Edac>(context);
}

}  // namespace tocsin::collector
