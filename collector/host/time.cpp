#include "collector/host/time.h"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kSeconds{"node_time_seconds", "System time in seconds since epoch (1970).",
                              MetricType::kGauge};
constexpr MetricDesc kOffset{"node_time_zone_offset_seconds", "System time zone offset in seconds.",
                             MetricType::kGauge};
constexpr MetricDesc kAvailable{
    "node_time_clocksource_available_info",
    "Available clocksources read from '/sys/devices/system/clocksource'.", MetricType::kGauge};
constexpr MetricDesc kCurrent{"node_time_clocksource_current_info",
                              "Current clocksource read from '/sys/devices/system/clocksource'.",
                              MetricType::kGauge};

struct ClockDevice {
    std::string number;
    ProcFile available_file;
    ProcFile current_file;
    Listing<SeriesRef> available;
    Listing<SeriesRef> current;
};

std::vector<ClockDevice> find_clock_devices(const std::string& root) {
    constexpr std::string_view kPrefix = "clocksource";
    std::vector<ClockDevice> devices;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kPrefix)) continue;
        const std::string path = entry.path().string();
        devices.push_back({name.substr(kPrefix.size()),
                           ProcFile(path + "/available_clocksource"),
                           ProcFile(path + "/current_clocksource"),
                           {},
                           {}});
    }
    std::sort(devices.begin(), devices.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    return devices;
}

class Time final : public Collector {
  public:
    explicit Time(const Context& context)
        : table_(context.series),
          seconds_(context.series->get(&kSeconds, {})),
          devices_(find_clock_devices(context.paths.sysfs + "/devices/system/clocksource")) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        out.push_back({seconds_, to_unix_seconds(now)});
        Zone zone = local_zone(now);
        if (!offset_ || zone != zone_) {
            offset_ = table_->get(&kOffset, {{"time_zone", zone.name}});
            zone_ = std::move(zone);
        }
        out.push_back({offset_, static_cast<double>(zone_.offset)});
        Result<void> result = success();
        for (ClockDevice& device : devices_) {
            Result<void> one =
                report(device, device.available_file, kAvailable, device.available, out);
            if (one) one = report(device, device.current_file, kCurrent, device.current, out);
            if (!one && result) result = std::move(one);
        }
        return result;
    }

  private:
    Result<void> report(const ClockDevice& device, ProcFile& file, const MetricDesc& desc,
                        Listing<SeriesRef>& sources, Readings& out) {
        TOCSIN_TRY(std::string_view text, file.read(buffer_));
        std::string_view line;
        next_line(text, line);
        std::string_view source;
        sources.begin();
        while (next_field(line, source)) {
            out.push_back({sources.at(source,
                                      [&] {
                                          return table_->get(&desc, {{"device", device.number},
                                                                     {"clocksource", source}});
                                      }),
                           1});
        }
        sources.finish();
        return success();
    }

    SeriesTable* table_;
    SeriesRef seconds_;
    Zone zone_;
    SeriesRef offset_;
    std::vector<ClockDevice> devices_;
    ReadBuffer buffer_;
};

}  // namespace

Zone local_zone(Timestamp now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return {"UTC", 0};
    return {local.tm_zone == nullptr ? "" : local.tm_zone, local.tm_gmtoff};
}

Result<std::unique_ptr<Collector>> create_time(const Context& context) {
    return std::make_unique<Time>(context);
}

}  // namespace tocsin::collector
