#include "collector/host/uname.h"

#include <sys/utsname.h>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{"node_uname_info",
                           "Labeled system information as provided by the uname system call.",
                           MetricType::kGauge};

class UnameCollector final : public Collector {
  public:
    explicit UnameCollector(const Context& context) : table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        // The host's name can change while the agent runs.
        Uname now = read_uname();
        if (!series_ || now != last_) {
            series_ = table_->get(&kInfo, uname_labels(now));
            last_ = std::move(now);
        }
        out.push_back({series_, 1});
        return success();
    }

  private:
    SeriesTable* table_;
    Uname last_;
    SeriesRef series_;
};

}  // namespace

Uname read_uname() {
    utsname raw{};
    if (::uname(&raw) != 0) return {};
    return {raw.sysname, raw.release, raw.version, raw.machine, raw.nodename, raw.domainname};
}

Labels uname_labels(const Uname& uname) {
    return {{"sysname", valid_utf8(uname.sysname)},   {"release", valid_utf8(uname.release)},
            {"version", valid_utf8(uname.version)},   {"machine", valid_utf8(uname.machine)},
            {"nodename", valid_utf8(uname.nodename)}, {"domainname", valid_utf8(uname.domainname)}};
}

Result<std::unique_ptr<Collector>> create_uname(const Context& context) {
    return std::make_unique<UnameCollector>(context);
}

}  // namespace tocsin::collector
