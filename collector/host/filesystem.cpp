#include "collector/host/filesystem.h"

#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}
constexpr MetricDesc kSize = gauge("node_filesystem_size_bytes", "Filesystem size in bytes.");
constexpr MetricDesc kFree = gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.");
constexpr MetricDesc kAvailable =
    gauge("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.");
constexpr MetricDesc kFiles = gauge("node_filesystem_files", "Filesystem total file nodes.");
constexpr MetricDesc kFilesFree =
    gauge("node_filesystem_files_free", "Filesystem total free file nodes.");
constexpr MetricDesc kReadOnly = gauge("node_filesystem_readonly", "Filesystem read-only status.");
constexpr MetricDesc kDeviceError =
    gauge("node_filesystem_device_error",
          "Whether an error occurred while getting statistics for the given device.");
constexpr MetricDesc kHungSeconds =
    gauge("tocsin_filesystem_hung_seconds",
          "How long a mount that hangs has given no answer; absent while it answers.");

using State = MountAnswer::State;

// The kernel tells when something is mounted, unmounted or mounted otherwise; not when a file
// system lets nobody write any more after an error.
constexpr Duration kReadAnyway = 10s;

struct Entry {
    bool read_only = false;
    std::size_t path = 0;  // which of the probed paths
    SeriesRef size, free, available, files, files_free, read_only_series, device_error;
    SeriesRef hung;  // while it hangs
};

struct Settled {
    Pattern points;
    Pattern types;
    Duration timeout{};
};

class Filesystem final : public Collector {
  public:
    Filesystem(const Context& context, Settled settings, MountProbe::Statfs statfs, Duration grace)
        : mounts_(context.paths.procfs + "/1/mounts"),
          own_mounts_(context.paths.procfs + "/mounts"),
          rootfs_(context.paths.rootfs),
          settings_(std::move(settings)),
          table_(context.series),
          probe_(std::move(statfs), grace) {
        while (rootfs_.size() > 1 && rootfs_.ends_with('/')) rootfs_.pop_back();
    }

    Result<void> collect(Timestamp now, Readings& out) override {
        Result<void> result = read_mounts(now);
        if (!result && entries_.empty()) return result;
        probe_.probe(paths_, settings_.timeout, answers_);
        for (Entry& entry : entries_) report(entry, answers_[entry.path], out);
        return result ? unanswered() : result;
    }

  private:
    Result<void> read_mounts(Timestamp now) {
        // Asked each time: the kernel tells of a change once.
        const bool changed = read_from_ == nullptr || read_from_->mounts_changed();
        const bool young = now >= read_at_ && now < read_at_ + kReadAnyway;
        if (!changed && !last_.empty() && young) return success();
        read_at_ = now;
        read_from_ = &mounts_;
        Result<std::string_view> text = mounts_.read(buffer_);
        // With hidepid only the own view is to be had.
        if (!text) {
            read_from_ = &own_mounts_;
            text = own_mounts_.read(buffer_);
        }
        if (!text) {
            forget();
            return text.error();
        }
        if (!entries_.empty() && text.value() == last_) return success();
        std::vector<Mount> mounts;
        Result<void> parsed = parse_mounts(text.value(), rootfs_, mounts);
        rebuild(mounts);
        // A table with a bad line is parsed, and complained of, every time.
        last_ = parsed ? std::string(text.value()) : std::string();
        return parsed;
    }

    void forget() {
        entries_.clear();
        paths_.clear();
        last_.clear();
    }

    void rebuild(const std::vector<Mount>& mounts) {
        forget();
        std::map<std::string, std::size_t> path_of;
        std::map<std::string, std::size_t> entry_of;
        for (const Mount& mount : mounts) {
            if (settings_.points.found_in(mount.point)) continue;
            if (settings_.types.found_in(mount.type)) continue;
            const auto [path, new_path] = path_of.emplace(mount.point, paths_.size());
            if (new_path) paths_.push_back(rootfs_ == "/" ? mount.point : rootfs_ + mount.point);
            const Labels labels{{"device", valid_utf8(mount.device)},
                                {"mountpoint", valid_utf8(mount.point)},
                                {"fstype", valid_utf8(mount.type)}};
            // Mounted over itself: one series, and the topmost mount's state.
            const auto [entry, new_entry] = entry_of.emplace(labels.text(), entries_.size());
            if (new_entry) entries_.push_back(make_entry(labels, path->second));
            entries_[entry->second].read_only = mount.read_only;
        }
    }

    Entry make_entry(const Labels& labels, std::size_t path) {
        return {false,
                path,
                table_->get(&kSize, labels),
                table_->get(&kFree, labels),
                table_->get(&kAvailable, labels),
                table_->get(&kFiles, labels),
                table_->get(&kFilesFree, labels),
                table_->get(&kReadOnly, labels),
                table_->get(&kDeviceError, labels),
                {}};
    }

    // What the series alone do not say: which mounts are not looked at, and why.
    Result<void> unanswered() const {
        std::size_t not_asked = 0;
        for (std::size_t i = 0; i < answers_.size(); ++i) {
            if (answers_[i].state == State::kPending) {
                return Error(ErrorCode::kTimeout, "statfs " + paths_[i] +
                                                      ": no answer yet; it is reported as soon as "
                                                      "it answers or has hung for the timeout");
            }
            if (answers_[i].state == State::kNotAsked) ++not_asked;
        }
        if (not_asked == 0) return success();
        return Error(ErrorCode::kUnavailable, std::to_string(probe_.hung()) +
                                                  " mounts hang, the most that are waited for; " +
                                                  std::to_string(not_asked) +
                                                  " more are not asked until one answers");
    }

    void report(Entry& entry, const MountAnswer& answer, Readings& out) {
        if (answer.state == State::kPending) return;
        const bool answered = answer.state == State::kAnswered;
        out.push_back({entry.device_error, answered ? 0.0 : 1.0});
        if (answer.state == State::kHung) {
            if (!entry.hung) entry.hung = hung_series(entry);
            out.push_back({entry.hung, std::chrono::duration<double>(answer.overdue).count()});
        } else {
            entry.hung = {};
        }
        if (!answered) return;
        const FileSystemStat& stat = answer.stat;
        const auto block = static_cast<double>(stat.block_size);
        out.push_back({entry.size, static_cast<double>(stat.blocks) * block});
        out.push_back({entry.free, static_cast<double>(stat.blocks_free) * block});
        out.push_back({entry.available, static_cast<double>(stat.blocks_available) * block});
        out.push_back({entry.files, static_cast<double>(stat.files)});
        out.push_back({entry.files_free, static_cast<double>(stat.files_free)});
        out.push_back({entry.read_only_series, entry.read_only ? 1.0 : 0.0});
    }

    SeriesRef hung_series(const Entry& entry) {
        LabelsBuilder labels(entry.device_error.labels());
        return table_->get(&kHungSeconds, labels.remove(kMetricName).build());
    }

    ProcFile mounts_;
    ProcFile own_mounts_;
    std::string rootfs_;
    Settled settings_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    const ProcFile* read_from_ = nullptr;
    Timestamp read_at_;
    std::string last_;  // the table that entries_ and paths_ were made from
    std::vector<Entry> entries_;
    std::vector<std::string> paths_;
    std::vector<MountAnswer> answers_;
    MountProbe probe_;
};

// The kernel writes blanks, newlines, backslashes and # as \ and three octal digits.
std::string undo_escapes(std::string_view text) {
    std::string plain;
    const auto octal = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '7'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] <= '3' && octal(i + 1) &&
            octal(i + 2) && octal(i + 3)) {
            plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                       (text[i + 3] - '0'));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::string without_rootfs(std::string point, std::string_view rootfs) {
    if (rootfs == "/" || !point.starts_with(rootfs)) return point;
    if (point.size() == rootfs.size()) return "/";
    if (point[rootfs.size()] != '/') return point;
    return point.substr(rootfs.size());
}

bool has_option(std::string_view options, std::string_view wanted) {
    while (!options.empty()) {
        const std::size_t comma = options.find(',');
        if (options.substr(0, comma) == wanted) return true;
        options.remove_prefix(comma == std::string_view::npos ? options.size() : comma + 1);
    }
    return false;
}

// emergency_ro: ext4 lets nobody write after an error, and since Linux 6.15 stays rw by its name.
bool is_read_only(std::string_view options) {
    return has_option(options, "ro") || has_option(options, "emergency_ro");
}

}  // namespace

Result<void> parse_mounts(std::string_view text, std::string_view rootfs, std::vector<Mount>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::array<std::string_view, 4> fields;
        bool whole = true;
        for (std::string_view& field : fields) whole = next_field(rest, field) && whole;
        if (whole) {
            out.push_back({std::string(fields[0]), without_rootfs(undo_escapes(fields[1]), rootfs),
                           std::string(fields[2]), is_read_only(fields[3])});
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "mounts: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_filesystem_with(const Context& context,
                                                          MountProbe::Statfs statfs,
                                                          Duration grace) {
    Settled settings;
    TOCSIN_TRY(settings.points,
               pattern_setting(context.settings, "mount_points_exclude", kMountPointsExclude));
    TOCSIN_TRY(settings.types,
               pattern_setting(context.settings, "fs_types_exclude", kFsTypesExclude));
    TOCSIN_TRY(settings.timeout, duration_setting(context.settings, "timeout", kMountTimeout));
    return std::make_unique<Filesystem>(context, std::move(settings), std::move(statfs), grace);
}

Result<std::unique_ptr<Collector>> create_filesystem(const Context& context) {
    return create_filesystem_with(context, call_statfs);
}

}  // namespace tocsin::collector
