#include "collector/host/bonding.h"

#include <array>
#include <string>
#include <string_view>

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kSlaves{"node_bonding_slaves",
                             "Number of configured slaves per bonding interface.",
                             MetricType::kGauge};
constexpr MetricDesc kActive{"node_bonding_active",
                             "Number of active slaves per bonding interface.", MetricType::kGauge};

// The state of a slave's link; older kernels know the slave as slave_<name>.
using Slave = std::array<ProcFile, 2>;

struct Master {
    ProcFile slaves_file;
    SeriesRef slaves_series;
    SeriesRef active_series;
    Listing<Slave> slaves;
};

// Names of interfaces stand in one line, separated by blanks. One with a slash would climb out.
bool next_name(std::string_view& rest, std::string_view& name) {
    while (next_field(rest, name)) {
        if (name.find('/') == std::string_view::npos) return true;
    }
    return false;
}

class Bonding final : public Collector {
  public:
    explicit Bonding(const Context& context)
        : classes_(context.paths.sysfs + "/class/net/"),
          masters_file_(classes_ + "bonding_masters"),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = masters_file_.read(masters_buffer_);
        // Without the module bonding there is no such file.
        if (!text && text.error().code == ErrorCode::kNotFound) {
            masters_.begin();
            masters_.finish();
            return success();
        }
        if (!text) return text.error();
        Result<void> result = success();
        std::string_view rest = trim(text.value());
        std::string_view name;
        masters_.begin();
        while (next_name(rest, name)) {
            Master& master = masters_.at(name, [&] { return make_master(name); });
            Result<void> one = report(std::string(name), master, out);
            if (!one && result) result = std::move(one);
        }
        masters_.finish();
        return result;
    }

  private:
    Master make_master(std::string_view name) {
        const Labels labels{{"master", valid_utf8(name)}};
        return {ProcFile(classes_ + std::string(name) + "/bonding/slaves"),
                table_->get(&kSlaves, labels),
                table_->get(&kActive, labels),
                {}};
    }

    static Slave make_slave(const std::string& master, std::string_view name) {
        const std::string file = std::string(name) + "/bonding_slave/mii_status";
        return {ProcFile(master + "/lower_" + file), ProcFile(master + "/slave_" + file)};
    }

    Result<void> report(const std::string& name, Master& master, Readings& out) {
        const Result<std::string_view> text = master.slaves_file.read(slaves_buffer_);
        // Taken down between the two files.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        Result<void> result = success();
        std::string_view rest = trim(text.value());
        std::string_view slave;
        double slaves = 0;
        double active = 0;
        master.slaves.begin();
        while (next_name(rest, slave)) {
            Slave& files =
                master.slaves.at(slave, [&] { return make_slave(classes_ + name, slave); });
            Result<std::string_view> state = files[0].read(state_buffer_);
            if (!state && state.error().code == ErrorCode::kNotFound) {
                state = files[1].read(state_buffer_);
            }
            // Released between the two files.
            if (!state && state.error().code == ErrorCode::kNotFound) continue;
            slaves += 1;
            if (!state) {
                if (result) result = state.error();
            } else if (trim(state.value()) == "up") {
                active += 1;
            }
        }
        master.slaves.finish();
        out.push_back({master.slaves_series, slaves});
        out.push_back({master.active_series, active});
        return result;
    }

    std::string classes_;
    ProcFile masters_file_;
    SeriesTable* table_;
    ReadBuffer masters_buffer_;
    ReadBuffer slaves_buffer_;
    ReadBuffer state_buffer_;
    Listing<Master> masters_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_bonding(const Context& context) {
    return std::make_unique<Bonding>(context);
}

}  // namespace tocsin::collector
