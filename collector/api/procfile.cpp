#include "collector/api/procfile.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

// How many descriptors this process keeps; what the bound is held against.
std::atomic<int> kept_descriptors{0};

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kHalfPage = 2048;  // of the smallest page there is

bool device_is_gone(int error) {
    return error == ENODEV || error == ENOENT || error == ESRCH;
}

}  // namespace

void ReadBuffer::grow(std::size_t keep) {
    const std::size_t wanted = std::max(kFirstBuffer, capacity_ * 2);
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    std::copy_n(bytes_.get(), std::min(keep, capacity_), larger.get());
    bytes_ = std::move(larger);
    capacity_ = wanted;
}

ProcFile::ProcFile(ProcFile&& other) noexcept
    : path_(std::move(other.path_)),
      lines_(other.lines_),
      fd_(std::exchange(other.fd_, -1)),
      reopened_(other.reopened_) {}

ProcFile& ProcFile::operator=(ProcFile&& other) noexcept {
    if (this != &other) {
        close();
        path_ = std::move(other.path_);
        lines_ = other.lines_;
        fd_ = std::exchange(other.fd_, -1);
        reopened_ = other.reopened_;
    }
    return *this;
}

int ProcFile::kept_open() {
    return kept_descriptors.load(std::memory_order_relaxed);
}

void ProcFile::close() noexcept {
    if (fd_ < 0) return;
    ::close(fd_);
    fd_ = -1;
    kept_descriptors.fetch_sub(1, std::memory_order_relaxed);
}

int ProcFile::open_file() {
    // O_NONBLOCK matters to nothing in /proc and /sys, and keeps a FIFO from holding the thread.
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd_ < 0) return errno;
    kept_descriptors.fetch_add(1, std::memory_order_relaxed);
    return 0;
}

int ProcFile::read_all(ReadBuffer& buffer, std::size_t& size) const {
    size = 0;
    if (buffer.capacity() == 0) buffer.grow(0);
    // Only a read of nothing is the end: seq_file hands out large files in pieces.
    for (;;) {
        if (size == buffer.capacity()) {
            if (size >= kLargest) return EFBIG;
            buffer.grow(size);
        }
        const ssize_t got =
            ::pread(fd_, buffer.data() + size, buffer.capacity() - size, static_cast<off_t>(size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return 0;
        size += static_cast<std::size_t>(got);
        if (lines_ == Lines::kShort && size == static_cast<std::size_t>(got) && size <= kHalfPage) {
            return 0;
        }
    }
}

Result<std::string_view> ProcFile::read(ReadBuffer& buffer) {
    const bool was_open = fd_ >= 0;
    int error = was_open ? 0 : open_file();
    std::size_t size = 0;
    if (error == 0) error = read_all(buffer, size);
    if (was_open && device_is_gone(error)) {
        close();
        ++reopened_;
        error = open_file();
        if (error == 0) error = read_all(buffer, size);
    }
    if (error != 0 || kept_open() > kMostKeptOpen) close();
    if (error == EOPNOTSUPP) {
        return Error(ErrorCode::kNotFound, path_ + ": not provided by the running kernel");
    }
    if (error == EFBIG) return Error(ErrorCode::kTooLarge, path_ + ": larger than 64MiB");
    if (error != 0) return errno_error(path_, error);
    return std::string_view(buffer.data(), size);
}

bool ProcFile::mounts_changed() const {
    struct statfs on {};
    if (fd_ < 0 || ::fstatfs(fd_, &on) != 0 || on.f_type != PROC_SUPER_MAGIC) return true;
    pollfd table{fd_, POLLPRI, 0};
    return ::poll(&table, 1, 0) != 0;
}

std::string read_word(const std::string& path) {
    ProcFile file(path);
    ReadBuffer buffer;
    const Result<std::string_view> text = file.read(buffer);
    return text ? std::string(trim(text.value())) : std::string();
}

}  // namespace tocsin::collector
