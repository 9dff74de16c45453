#include "collector/host/entropy.h"

#include <string>
#include <vector>

#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kAvailable{"node_entropy_available_bits", "Bits of available entropy.",
                                MetricType::kGauge};
constexpr MetricDesc kPoolSize{"node_entropy_pool_size_bits", "Bits of entropy pool.",
                               MetricType::kGauge};

class Entropy final : public Collector {
  public:
    explicit Entropy(const Context& context) {
        const std::string root = context.paths.procfs + "/sys/kernel/random/";
        files_.push_back({ProcFile(root + "entropy_avail"), context.series->get(&kAvailable, {})});
        files_.push_back({ProcFile(root + "poolsize"), context.series->get(&kPoolSize, {})});
    }

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        for (NumberFile& file : files_) {
            keep_first(result, report_number(file, Unreadable::kFail, buffer_, out));
        }
        return result;
    }

  private:
    std::vector<NumberFile> files_;
    ReadBuffer buffer_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_entropy(const Context& context) {
    return std::make_unique<Entropy>(context);
}

}  // namespace tocsin::collector
