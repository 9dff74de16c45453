#include "collector/host/netclass.h"

#include <sys/stat.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/filter.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/settings.h"
#include "collector/host/class_devices.h"
#include "collector/host/link_events.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kUp{"node_network_up", "Value is 1 if operstate is 'up', 0 otherwise.",
                         MetricType::kGauge};
constexpr MetricDesc kInfo{"node_network_info",
                           "Non-numeric data from /sys/class/net/<iface>, value is always 1.",
                           MetricType::kGauge};
constexpr std::array<WordSource, 5> kWords{{
    {"operstate", "operstate"},
    {"address", "address"},
    {"broadcast", "broadcast"},
    {"duplex", "duplex"},
    {"ifalias", "ifalias"},
}};
constexpr std::size_t kOperstate = 0;

constexpr Duration kReadAgain = 1min;

struct Attribute {
    std::string_view file;
    MetricDesc desc;
};
constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

// What an administrator, the driver or the other end of the cable can change.
constexpr std::array<Attribute, 13> kMoving{{
    {"addr_assign_type",
     {"node_network_address_assign_type", "Network device property: address_assign_type", kGauge}},
    {"carrier", {"node_network_carrier", "Network device property: carrier", kGauge}},
    {"carrier_changes",
     {"node_network_carrier_changes_total", "Network device property: carrier_changes_total",
      kCounter}},
    {"carrier_up_count",
     {"node_network_carrier_up_changes_total", "Network device property: carrier_up_changes_total",
      kCounter}},
    {"carrier_down_count",
     {"node_network_carrier_down_changes_total",
      "Network device property: carrier_down_changes_total", kCounter}},
    {"dormant", {"node_network_dormant", "Network device property: dormant", kGauge}},
    {"flags", {"node_network_flags", "Network device property: flags", kGauge}},
    {"iflink", {"node_network_iface_link", "Network device property: iface_link", kGauge}},
    {"link_mode",
     {"node_network_iface_link_mode", "Network device property: iface_link_mode", kGauge}},
    {"mtu", {"node_network_mtu_bytes", "Network device property: mtu_bytes", kGauge}},
    {"netdev_group",
     {"node_network_net_dev_group", "Network device property: net_dev_group", kGauge}},
    {"tx_queue_len",
     {"node_network_transmit_queue_length", "Network device property: transmit_queue_length",
      kGauge}},
    {"speed", {"node_network_speed_bytes", "Network device property: speed_bytes", kGauge}},
}};
constexpr std::size_t kSpeed = kMoving.size() - 1;

// What stays as long as the device does.
constexpr std::array<Attribute, 4> kFixed{{
    {"dev_id", {"node_network_device_id", "Network device property: device_id", kGauge}},
    {"ifindex", {"node_network_iface_id", "Network device property: iface_id", kGauge}},
    {"name_assign_type",
     {"node_network_name_assign_type", "Network device property: name_assign_type", kGauge}},
    {"type", {"node_network_protocol_type", "Network device property: protocol_type", kGauge}},
}};

struct Moving {
    ProcFile file;
    SeriesRef series;
};

// A name's device. Another one may take the name (udev renames while it starts, a tunnel is made
// again): open files would stay with the device that was renamed, so a new ifindex starts over.
struct Device {
    bool ignored = false;
    std::string directory;
    std::string ifindex;
    std::optional<InfoSeries> info;
    SeriesRef up;
    std::vector<Moving> moving;
    std::vector<Reading> fixed;
};

class Netclass final : public Collector {
  public:
    Netclass(const Context& context, Pattern ignored, std::string_view ignore_invalid_speed)
        : root_(context.paths.sysfs + "/class/net"),
          ignored_(std::move(ignored)),
          ignore_invalid_speed_(ignore_invalid_speed == "true"),
          table_(context.series),
          events_(context.paths.sysfs == Paths().sysfs) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        if (still_true(now)) {
            out.insert(out.end(), told_.begin(), told_.end());
            return success();
        }
        const std::size_t begin = out.size();
        told_.clear();
        TOCSIN_TRY(read_all(out));
        if (ours_) {
            told_.assign(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
            told_at_ = now;
        }
        return success();
    }

  private:
    // The kernel tells when a device changes, and each attribute takes a lock of the whole network
    // stack to read. What no event tells of (a speed set by hand) is seen after kReadAgain.
    bool still_true(Timestamp now) {
        const bool quiet = !events_.changed();
        return quiet && !told_.empty() && now >= told_at_ && now - told_at_ < kReadAgain;
    }

    Result<void> read_all(Readings& out) {
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, names_));
        wrong_ = success();
        ours_ = true;
        devices_.begin();
        for (const std::string& name : names_) {
            Device& device = devices_.at(name, [&] { return make_device(name); });
            if (!device.ignored) collect_device(name, device, out);
        }
        devices_.finish();
        return wrong_;
    }

    Device make_device(const std::string& name) const {
        Device device;
        device.ignored = ignored_.found_in(name);
        device.directory = root_ + "/" + name;
        return device;
    }

    void open(const std::string& name, Device& device) const {
        const Labels labels{{"device", valid_utf8(name)}};
        device.info.emplace(&kInfo, "device", name, device.directory, kWords);
        device.up = table_->get(&kUp, labels);
        device.moving.clear();
        for (const Attribute& attribute : kMoving) {
            device.moving.push_back({ProcFile(device.directory + "/" + std::string(attribute.file)),
                                     table_->get(&attribute.desc, labels)});
        }
    }

    // By its path each time: a file that is kept open would answer for whom it was opened.
    std::string current_ifindex(const Device& device) {
        ProcFile file(device.directory + "/ifindex");
        const Result<std::string_view> text = file.read(buffer_);
        return text ? std::string(trim(text.value())) : std::string();
    }

    void collect_device(const std::string& name, Device& device, Readings& out) {
        std::string ifindex = current_ifindex(device);
        if (!device.info || ifindex != device.ifindex) {
            device.ifindex = std::move(ifindex);
            open(name, device);
        }
        ours_ = ours_ && events_.is_ours(name, device.ifindex);
        device.info->collect(*table_, buffer_, out);
        if (device.info->none_read()) {
            if (!is_there(device)) return;  // unplugged this moment
            out.push_back({table_->get(&kInfo, {{"device", valid_utf8(name)}}), 1});
        }
        const bool up = device.info->word(kOperstate) == "up";
        out.push_back({device.up, up ? 1.0 : 0.0});
        for (std::size_t i = 0; i < device.moving.size(); ++i) {
            Moving& attribute = device.moving[i];
            const Result<std::string_view> text = attribute.file.read(buffer_);
            // The driver has no answer: no link has no speed, an old kernel fewer files.
            if (!text) continue;
            if (const auto value = number(text.value(), attribute.file.path())) {
                report(i, *value, attribute.series, out);
            }
        }
        // A bond takes over the type of its first member, and with it the address.
        if (device.info->changed()) read_fixed(name, device);
        out.insert(out.end(), device.fixed.begin(), device.fixed.end());
    }

    static bool is_there(const Device& device) {
        struct stat status {};
        return ::stat(device.directory.c_str(), &status) == 0;
    }

    void report(std::size_t attribute, std::int64_t value, const SeriesRef& series,
                Readings& out) const {
        double reported = static_cast<double>(value);
        if (attribute == kSpeed) {
            if (value < 0 && ignore_invalid_speed_) return;
            reported *= 1e6 / 8;  // Mbit/s
        }
        out.push_back({series, reported});
    }

    void read_fixed(const std::string& name, Device& device) {
        device.fixed.clear();
        const Labels labels{{"device", valid_utf8(name)}};
        for (const Attribute& attribute : kFixed) {
            ProcFile file(device.directory + "/" + std::string(attribute.file));
            const Result<std::string_view> text = file.read(buffer_);
            if (!text) continue;  // as above
            if (const auto value = number(text.value(), file.path())) {
                device.fixed.push_back(
                    {table_->get(&attribute.desc, labels), static_cast<double>(*value)});
            }
        }
    }

    // A malformed number costs itself and is the cycle's error.
    std::optional<std::int64_t> number(std::string_view text, const std::string& path) {
        const std::optional<std::int64_t> value = parse_attribute(text);
        if (!value && wrong_) {
            wrong_ = Error(ErrorCode::kInvalid,
                           path + ": \"" + std::string(trim(text)) + "\" is not a number");
        }
        return value;
    }

    std::string root_;
    Pattern ignored_;
    bool ignore_invalid_speed_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> names_;
    Listing<Device> devices_;
    Result<void> wrong_ = success();
    LinkEvents events_;
    bool ours_ = false;  // the devices that were read are those that events tell of
    Readings told_;      // of the last full reading, where events would tell of a change
    Timestamp told_at_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_netclass(const Context& context) {
    TOCSIN_TRY(Pattern ignored,
               pattern_setting(context.settings, "ignored_devices", kNetclassIgnored));
    TOCSIN_TRY(const std::string invalid,
               text_setting(context.settings, "ignore_invalid_speed", "false"));
    return std::make_unique<Netclass>(context, std::move(ignored), invalid);
}

}  // namespace tocsin::collector
