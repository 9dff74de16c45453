#include "collector/host/selinux.h"

#include <sys/statvfs.h>

#include <string>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kEnabled{"node_selinux_enabled", "SELinux is enabled, 1 is true, 0 is false",
                              MetricType::kGauge};
constexpr MetricDesc kConfigMode{"node_selinux_config_mode", "Configured SELinux enforcement mode",
                                 MetricType::kGauge};
constexpr MetricDesc kCurrentMode{"node_selinux_current_mode", "Current SELinux enforcement mode",
                                  MetricType::kGauge};
constexpr int kDisabled = -1;

class Selinux final : public Collector {
  public:
    explicit Selinux(const Context& context)
        : mount_(context.paths.sysfs + "/fs/selinux"),
          config_((context.paths.rootfs == "/" ? "" : context.paths.rootfs) +
                  "/etc/selinux/config"),
          enforce_(mount_ + "/enforce"),
          label_(context.paths.procfs + "/self/attr/current"),
          enabled_(context.series->get(&kEnabled, {})),
          config_mode_(context.series->get(&kConfigMode, {})),
          current_mode_(context.series->get(&kCurrentMode, {})) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> enforce = enforce_.read(buffer_);
        if (!enforce || read_only() || no_policy()) {
            out.push_back({enabled_, 0});
            return success();
        }
        const std::string_view mode = trim(enforce.value());
        const int current = mode == "1" ? 1 : mode == "0" ? 0 : kDisabled;
        out.push_back({enabled_, 1});
        out.push_back({config_mode_, static_cast<double>(configured())});
        out.push_back({current_mode_, static_cast<double>(current)});
        return success();
    }

  private:
    // What a container sees of the host's SELinux is mounted so, and says nothing of itself.
    bool read_only() const {
        struct statvfs status {};
        return ::statvfs(mount_.c_str(), &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
    }

    // Before a policy is loaded every process bears the label of the kernel.
    bool no_policy() {
        const Result<std::string_view> label = label_.read(label_buffer_);
        if (!label) return false;
        std::string_view text = label.value();
        while (text.ends_with('\0') || text.ends_with('\n')) text.remove_suffix(1);
        return text == "kernel";
    }

    // Opened each time, as an editor puts a new file in the old one's place.
    int configured() {
        ProcFile file(config_);
        const Result<std::string_view> text = file.read(label_buffer_);
        return text ? parse_selinux_mode(text.value()) : kDisabled;
    }

    std::string mount_;
    std::string config_;
    ProcFile enforce_;
    ProcFile label_;
    ReadBuffer buffer_;
    ReadBuffer label_buffer_;
    SeriesRef enabled_;
    SeriesRef config_mode_;
    SeriesRef current_mode_;
};

}  // namespace

int parse_selinux_mode(std::string_view config) {
    constexpr std::string_view kKey = "SELINUX=";
    std::string_view line;
    while (next_line(config, line)) {
        line = trim(line);
        if (!line.starts_with(kKey)) continue;
        std::string_view mode = line.substr(kKey.size());
        while (mode.starts_with('"')) mode.remove_prefix(1);
        while (mode.ends_with('"')) mode.remove_suffix(1);
        return mode == "enforcing" ? 1 : mode == "permissive" ? 0 : kDisabled;
    }
    return kDisabled;
}

Result<std::unique_ptr<Collector>> create_selinux(const Context& context) {
    return std::make_unique<Selinux>(context);
}

}  // namespace tocsin::collector
