// Asks a mounted Btrfs file system about its devices.
#include <fcntl.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "collector/host/btrfs.h"

namespace tocsin::collector {
namespace {

class OpenDirectory {
  public:
    explicit OpenDirectory(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)) {}
    ~OpenDirectory() {
        if (fd_ >= 0) ::close(fd_);
    }
    OpenDirectory(const OpenDirectory&) = delete;
    OpenDirectory& operator=(const OpenDirectory&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

// "6a1b2c3d-0000-4e5f-8899-aabbccddeeff".
std::string uuid_text(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
        const std::size_t length = text.size();
        if (length == 8 || length == 13 || length == 18 || length == 23) text += '-';
    }
    return text;
}

// 0 or an errno value.
int ask_device(int fd, std::uint64_t id, BtrfsDevice& device) {
    btrfs_ioctl_dev_info_args info{};
    info.devid = id;
    if (::ioctl(fd, BTRFS_IOC_DEV_INFO, &info) != 0) return errno;
    btrfs_ioctl_get_dev_stats stats{};
    stats.devid = id;
    stats.nr_items = BTRFS_DEV_STAT_VALUES_MAX;
    if (::ioctl(fd, BTRFS_IOC_GET_DEV_STATS, &stats) != 0) return errno;
    const std::span<const std::uint8_t> path(info.path);
    device.path.assign(path.begin(), std::find(path.begin(), path.end(), 0));
    device.uuid = uuid_text(info.uuid);
    device.used = info.bytes_used;
    device.total = info.total_bytes;
    device.errors = {
        stats.values[BTRFS_DEV_STAT_WRITE_ERRS], stats.values[BTRFS_DEV_STAT_READ_ERRS],
        stats.values[BTRFS_DEV_STAT_FLUSH_ERRS], stats.values[BTRFS_DEV_STAT_CORRUPTION_ERRS],
        stats.values[BTRFS_DEV_STAT_GENERATION_ERRS]};
    return 0;
}

}  // namespace

Result<BtrfsVolume> query_btrfs(const std::string& mount_point) {
    const OpenDirectory directory(mount_point);
    if (directory.get() < 0) return errno_error(mount_point, errno);
    btrfs_ioctl_fs_info_args info{};
    if (::ioctl(directory.get(), BTRFS_IOC_FS_INFO, &info) != 0) {
        return errno_error(mount_point, errno);
    }
    BtrfsVolume volume;
    volume.uuid = uuid_text(info.fsid);
    // Ids have gaps where devices were taken out.
    for (std::uint64_t id = 0; id <= info.max_id && volume.devices.size() < info.num_devices;
         ++id) {
        BtrfsDevice device;
        const int error = ask_device(directory.get(), id, device);
        if (error == ENODEV) continue;
        if (error != 0) return errno_error(mount_point, error);
        volume.devices.push_back(std::move(device));
    }
    return volume;
}

}  // namespace tocsin::collector
