#include "collector/host/netdev.h"

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc counter(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kCounter};
}

constexpr std::array<MetricDesc, 16> kDescs{{
    counter("node_network_receive_bytes_total", "Network device statistic receive_bytes."),
    counter("node_network_receive_packets_total", "Network device statistic receive_packets."),
    counter("node_network_receive_errs_total", "Network device statistic receive_errs."),
    counter("node_network_receive_drop_total", "Network device statistic receive_drop."),
    counter("node_network_receive_fifo_total", "Network device statistic receive_fifo."),
    counter("node_network_receive_frame_total", "Network device statistic receive_frame."),
    counter("node_network_receive_compressed_total",
            "Network device statistic receive_compressed."),
    counter("node_network_receive_multicast_total", "Network device statistic receive_multicast."),
    counter("node_network_transmit_bytes_total", "Network device statistic transmit_bytes."),
    counter("node_network_transmit_packets_total", "Network device statistic transmit_packets."),
    counter("node_network_transmit_errs_total", "Network device statistic transmit_errs."),
    counter("node_network_transmit_drop_total", "Network device statistic transmit_drop."),
    counter("node_network_transmit_fifo_total", "Network device statistic transmit_fifo."),
    counter("node_network_transmit_colls_total", "Network device statistic transmit_colls."),
    counter("node_network_transmit_carrier_total", "Network device statistic transmit_carrier."),
    counter("node_network_transmit_compressed_total",
            "Network device statistic transmit_compressed."),
}};
constexpr MetricDesc kNoHandler{"node_network_receive_nohandler_total",
                                "Network device statistic receive_nohandler.",
                                MetricType::kCounter};

struct Device {
    bool ignored = false;
    std::array<SeriesRef, kDescs.size()> series;
    std::optional<ProcFile> no_handler;  // none where the kernel (before 4.6) has no such file
    SeriesRef no_handler_series;
};

class Netdev final : public Collector {
  public:
    Netdev(const Context& context, DeviceFilter filter)
        : file_(context.paths.procfs + "/net/dev"),
          classes_(context.paths.sysfs + "/class/net/"),
          filter_(std::move(filter)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        lines_.clear();
        Result<void> parsed = parse_netdev(text, lines_);
        devices_.begin();
        for (const NetdevLine& line : lines_) {
            Device& device = devices_.at(line.device, [&] { return make_device(line.device); });
            if (device.ignored) continue;
            for (std::size_t i = 0; i < kDescs.size(); ++i) {
                out.push_back({device.series[i], static_cast<double>(line.counters[i])});
            }
            report_no_handler(device, out);
        }
        devices_.finish();
        return parsed;
    }

  private:
    Device make_device(std::string_view name) {
        Device device;
        device.ignored = filter_.ignored(name);
        if (device.ignored) return device;
        const std::string text = valid_utf8(name);
        const Labels labels{{"device", text}};
        for (std::size_t i = 0; i < kDescs.size(); ++i) {
            device.series[i] = table_->get(&kDescs[i], labels);
        }
        ProcFile file(classes_ + std::string(name) + "/statistics/rx_nohandler");
        if (name.find('/') == std::string_view::npos && file.read(small_)) {
            device.no_handler.emplace(std::move(file));
            device.no_handler_series = table_->get(&kNoHandler, labels);
        }
        return device;
    }

    void report_no_handler(Device& device, Readings& out) {
        if (!device.no_handler) return;
        const Result<std::string_view> text = device.no_handler->read(small_);
        if (!text) return;  // unplugged between the two files
        if (const auto count = to_uint(trim(text.value()))) {
            out.push_back({device.no_handler_series, static_cast<double>(*count)});
        }
    }

    ProcFile file_;
    std::string classes_;
    ReadBuffer buffer_;
    ReadBuffer small_;
    DeviceFilter filter_;
    SeriesTable* table_;
    std::vector<NetdevLine> lines_;
    Listing<Device> devices_;
};

}  // namespace

Result<void> parse_netdev(std::string_view text, std::vector<NetdevLine>& out) {
    Result<void> result = success();
    std::string_view line;
    // Two lines of headings, each with the bars between interface, receive and transmit.
    for (int i = 0; i < 2; ++i) {
        if (!next_line(text, line) || line.find('|') == std::string_view::npos) {
            return Error(ErrorCode::kInvalid, "net/dev: no headings");
        }
    }
    while (next_line(text, line)) {
        // The last colon: an alias has one in its name, and old kernels put no space after it.
        const std::size_t colon = line.rfind(':');
        NetdevLine device;
        std::string_view numbers = line;
        std::string_view name = line.substr(0, colon);
        bool good = colon != std::string_view::npos && next_field(name, device.device);
        if (good) numbers.remove_prefix(colon + 1);
        for (std::uint64_t& value : device.counters) good = good && next_uint(numbers, value);
        if (good) {
            out.push_back(device);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "net/dev: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_netdev(const Context& context) {
    TOCSIN_TRY(DeviceFilter filter, DeviceFilter::create(context.settings, kNetdevExclude));
    return std::make_unique<Netdev>(context, std::move(filter));
}

}  // namespace tocsin::collector
