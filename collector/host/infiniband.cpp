#include "collector/host/infiniband.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/class_devices.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;

constexpr MetricDesc kInfo{
    "node_infiniband_info",
    "Non-numeric data from /sys/class/infiniband/<device>, value is always 1.", kGauge};
constexpr MetricDesc kState{"node_infiniband_state_id",
                            "State of the InfiniBand port (0: no change, 1: down, 2: init, 3: "
                            "armed, 4: active, 5: act defer)",
                            kGauge};
constexpr MetricDesc kPhysicalState{
    "node_infiniband_physical_state_id",
    "Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, 4: "
    "shift, 5: link up, 6: link error recover, 7: phytest)",
    kGauge};
constexpr MetricDesc kRate{"node_infiniband_rate_bytes_per_second", "Maximum signal transfer rate",
                           kGauge};
constexpr std::array<WordSource, 3> kWords{{
    {"board_id", "board_id"},
    {"firmware_version", "fw_ver"},
    {"hca_type", "hca_type"},
}};

// Data is counted in words of four bytes, one a lane. Linux before 4.5 kept the 64-bit counters in
// counters_ext.
struct Counter {
    std::string_view file;
    MetricDesc desc;
    std::uint64_t factor = 1;
};
constexpr Counter counter(std::string_view file, std::string_view name, std::string_view help,
                          std::uint64_t factor = 1) {
    return {file, {name, help, MetricType::kCounter}, factor};
}
constexpr std::array<Counter, 30> kCounters{{
    counter("counters/excessive_buffer_overrun_errors",
            "node_infiniband_excessive_buffer_overrun_errors_total",
            "Number of times that OverrunErrors consecutive flow control update periods occurred, "
            "each having at least one overrun error."),
    counter("counters/link_downed", "node_infiniband_link_downed_total",
            "Number of times the link failed to recover from an error state and went down"),
    counter("counters/link_error_recovery", "node_infiniband_link_error_recovery_total",
            "Number of times the link successfully recovered from an error state"),
    counter("counters/local_link_integrity_errors",
            "node_infiniband_local_link_integrity_errors_total",
            "Number of times that the count of local physical errors exceeded the threshold "
            "specified by LocalPhyErrors."),
    counter("counters/multicast_rcv_packets", "node_infiniband_multicast_packets_received_total",
            "Number of multicast packets received (including errors)"),
    counter("counters/multicast_xmit_packets",
            "node_infiniband_multicast_packets_transmitted_total",
            "Number of multicast packets transmitted (including errors)"),
    counter("counters/port_rcv_constraint_errors",
            "node_infiniband_port_constraint_errors_received_total",
            "Number of packets received on the switch physical port that are discarded"),
    counter("counters/port_rcv_data", "node_infiniband_port_data_received_bytes_total",
            "Number of data octets received on all links", 4),
    counter(
        "counters/port_rcv_discards", "node_infiniband_port_discards_received_total",
        "Number of inbound packets discarded by the port because the port is down or congested"),
    counter("counters/port_rcv_errors", "node_infiniband_port_errors_received_total",
            "Number of packets containing an error that were received on this port"),
    counter("counters/port_rcv_packets", "node_infiniband_port_packets_received_total",
            "Number of packets received on all VLs by this port (including errors)"),
    counter("counters/port_rcv_remote_physical_errors",
            "node_infiniband_port_receive_remote_physical_errors_total",
            "Number of packets marked with the EBP (End of Bad Packet) delimiter received on the "
            "port."),
    counter("counters/port_rcv_switch_relay_errors",
            "node_infiniband_port_receive_switch_relay_errors_total",
            "Number of packets that could not be forwarded by the switch."),
    counter("counters/port_xmit_constraint_errors",
            "node_infiniband_port_constraint_errors_transmitted_total",
            "Number of packets not transmitted from the switch physical port"),
    counter("counters/port_xmit_data", "node_infiniband_port_data_transmitted_bytes_total",
            "Number of data octets transmitted on all links", 4),
    counter(
        "counters/port_xmit_discards", "node_infiniband_port_discards_transmitted_total",
        "Number of outbound packets discarded by the port because the port is down or congested"),
    counter("counters/port_xmit_packets", "node_infiniband_port_packets_transmitted_total",
            "Number of packets transmitted on all VLs from this port (including errors)"),
    counter("counters/port_xmit_wait", "node_infiniband_port_transmit_wait_total",
            "Number of ticks during which the port had data to transmit but no data was sent "
            "during the entire tick"),
    counter("counters/symbol_error", "node_infiniband_symbol_error_total",
            "Number of minor link errors detected on one or more physical lanes."),
    counter("counters/unicast_rcv_packets", "node_infiniband_unicast_packets_received_total",
            "Number of unicast packets received (including errors)"),
    counter("counters/unicast_xmit_packets", "node_infiniband_unicast_packets_transmitted_total",
            "Number of unicast packets transmitted (including errors)"),
    counter("counters/VL15_dropped", "node_infiniband_vl15_dropped_total",
            "Number of incoming VL15 packets dropped due to resource limitations."),
    counter("counters_ext/port_multicast_rcv_packets",
            "node_infiniband_legacy_multicast_packets_received_total",
            "Number of multicast packets received"),
    counter("counters_ext/port_multicast_xmit_packets",
            "node_infiniband_legacy_multicast_packets_transmitted_total",
            "Number of multicast packets transmitted"),
    counter("counters_ext/port_rcv_data_64", "node_infiniband_legacy_data_received_bytes_total",
            "Number of data octets received on all links", 4),
    counter("counters_ext/port_rcv_packets_64", "node_infiniband_legacy_packets_received_total",
            "Number of data packets received on all links"),
    counter("counters_ext/port_unicast_rcv_packets",
            "node_infiniband_legacy_unicast_packets_received_total",
            "Number of unicast packets received"),
    counter("counters_ext/port_unicast_xmit_packets",
            "node_infiniband_legacy_unicast_packets_transmitted_total",
            "Number of unicast packets transmitted"),
    counter("counters_ext/port_xmit_data_64", "node_infiniband_legacy_data_transmitted_bytes_total",
            "Number of data octets transmitted on all links", 4),
    counter("counters_ext/port_xmit_packets_64", "node_infiniband_legacy_packets_transmitted_total",
            "Number of data packets received on all links"),
}};

struct OpenCounter {
    ProcFile file;
    SeriesRef series;
    std::uint64_t factor = 1;
};

struct Port {
    ProcFile state;
    ProcFile physical_state;
    ProcFile rate;
    SeriesRef state_series;
    SeriesRef physical_state_series;
    SeriesRef rate_series;
    std::vector<OpenCounter> counters;  // that the driver has
};

struct Device {
    InfoSeries info;
    Listing<Port> ports;
};

class Infiniband final : public Collector {
  public:
    explicit Infiniband(const Context& context)
        : root_(context.paths.sysfs + "/class/infiniband"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, names_));
        wrong_ = success();
        devices_.begin();
        for (const std::string& name : names_) {
            const auto make = [&] {
                return Device{InfoSeries(&kInfo, "device", name, root_ + "/" + name, kWords), {}};
            };
            Device& device = devices_.at(name, make);
            device.info.collect(*table_, buffer_, out);
            TOCSIN_TRY(list_directory(root_ + "/" + name + "/ports", Entries::kDevices, ports_));
            device.ports.begin();
            for (const std::string& port : ports_) {
                if (!to_uint(port)) continue;
                const auto make_it = [&] { return make_port(name, port); };
                collect_port(device.ports.at(port, make_it), out);
            }
            device.ports.finish();
        }
        devices_.finish();
        return wrong_;
    }

  private:
    Port make_port(const std::string& device, const std::string& port) {
        const std::string directory = root_ + "/" + device + "/ports/" + port + "/";
        const Labels labels{{"device", valid_utf8(device)}, {"port", port}};
        Port made{ProcFile(directory + "state"),
                  ProcFile(directory + "phys_state"),
                  ProcFile(directory + "rate"),
                  table_->get(&kState, labels),
                  table_->get(&kPhysicalState, labels),
                  table_->get(&kRate, labels),
                  {}};
        for (const Counter& counter : kCounters) {
            ProcFile file(directory + std::string(counter.file));
            const Result<std::string_view> text = file.read(buffer_);
            if (!text && text.error().code == ErrorCode::kNotFound) continue;
            made.counters.push_back(
                {std::move(file), table_->get(&counter.desc, labels), counter.factor});
        }
        return made;
    }

    void collect_port(Port& port, Readings& out) {
        read(port.state, parse_port_state, port.state_series, out);
        read(port.physical_state, parse_port_state, port.physical_state_series, out);
        read(port.rate, parse_port_rate, port.rate_series, out);
        for (OpenCounter& counter : port.counters) {
            const auto parse = [&](std::string_view text) { return to_uint(text); };
            // Wraps as the counter itself does, so that rate() sees no jump.
            read(counter.file, parse, counter.series, out, counter.factor);
        }
    }

    // A file that cannot be read or says "N/A (no PMA)" has no value; the firmware does not know.
    template <class Parse>
    void read(ProcFile& file, Parse parse, const SeriesRef& series, Readings& out,
              std::uint64_t factor = 1) {
        const Result<std::string_view> read = file.read(buffer_);
        if (!read) return;
        const std::string_view text = trim(read.value());
        if (const auto value = parse(text)) {
            out.push_back({series, static_cast<double>(*value * factor)});
        } else if (wrong_ && text.find("N/A (no PMA)") == std::string_view::npos) {
            wrong_ = Error(ErrorCode::kInvalid, file.path() + ": \"" + std::string(text) + "\"");
        }
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> names_;
    std::vector<std::string> ports_;
    Listing<Device> devices_;
    Result<void> wrong_ = success();
};

}  // namespace

std::optional<std::uint32_t> parse_port_state(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto value = to_uint(trim(text.substr(0, colon)));
    if (!value || *value > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

std::optional<std::uint64_t> parse_port_rate(std::string_view text) {
    constexpr double kGigabit = 1e9 / 8;
    constexpr double kMost = 1e9;  // Gb/s; what follows fits 64 bits
    std::string_view field;
    std::string_view unit;
    if (!next_field(text, field) || !next_field(text, unit)) return std::nullopt;
    const std::optional<double> value = parse_double(field);
    if (!value || !(*value >= 0 && *value <= kMost)) return std::nullopt;
    return static_cast<std::uint64_t>(*value * kGigabit);
}

Result<std::unique_ptr<Collector>> create_infiniband(const Context& context) {
    return std::make_unique<Infiniband>(context);
}

}  // namespace tocsin::collector
