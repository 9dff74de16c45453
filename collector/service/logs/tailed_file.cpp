#include "collector/service/logs/tailed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "collector/service/logs/lines.h"

namespace tocsin::collector {
namespace {

bool same_time(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

Result<TailedFile> TailedFile::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno_error(path, errno);
    struct stat status {};
    const int failed = ::fstat(fd, &status) == 0 ? 0 : errno;
    if (failed == 0 && S_ISREG(status.st_mode)) return TailedFile(fd, status, path);
    ::close(fd);
    if (failed != 0) return errno_error(path, failed);
    return Error(ErrorCode::kInvalid, path + " is no regular file");
}

TailedFile::TailedFile(int fd, const struct stat& status, const std::string& path)
    : fd_(fd), id_(FileId::of(status)), size_(static_cast<std::uint64_t>(status.st_size)) {
    position_.device = id_.device;
    position_.inode = id_.inode;
    position_.path = path;
    start_over();
}

TailedFile::TailedFile(TailedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      id_(other.id_),
      size_(other.size_),
      modified_(other.modified_),
      changed_(other.changed_),
      position_(std::move(other.position_)) {}

TailedFile& TailedFile::operator=(TailedFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(position_, other.position_);
    id_ = other.id_;
    size_ = other.size_;
    modified_ = other.modified_;
    changed_ = other.changed_;
    return *this;
}

TailedFile::~TailedFile() {
    if (fd_ >= 0) ::close(fd_);
}

void TailedFile::start_over() {
    position_.offset = 0;
    position_.inside_line = false;
    position_.head = FileHead::of({});
}

bool TailedFile::resume(const FilePosition& kept) {
    std::array<char, FileHead::kMost> first{};
    const auto got = read_at(0, first);
    if (!got || kept.offset > size_ || !kept.head.begins({first.data(), got.value()})) return false;
    position_.offset = kept.offset;
    position_.inside_line = kept.inside_line;
    position_.head = kept.head;
    return true;
}

Result<void> TailedFile::refresh(Timestamp now) {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return errno_error(position_.path, errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (changed_ != Timestamp{} && size == size_ && same_time(status.st_mtim, modified_)) {
        return success();
    }
    std::array<char, FileHead::kMost> first{};
    TOCSIN_TRY(const std::size_t got, read_at(0, first));
    if (size < position_.offset || !position_.head.begins({first.data(), got})) start_over();
    position_.head = FileHead::of({first.data(), std::min<std::uint64_t>(got, size)});
    size_ = size;
    modified_ = status.st_mtim;
    changed_ = now;
    return success();
}

Result<std::size_t> TailedFile::read_at(std::uint64_t offset, std::span<char> into) const {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got =
            ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(position_.path, errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::size_t> TailedFile::read_lines(std::span<char> buffer,
                                           const std::function<void(std::string_view)>& on_line) {
    const std::size_t wanted = std::min<std::uint64_t>(unread(), buffer.size());
    if (wanted == 0) return 0U;
    TOCSIN_TRY(const std::size_t got, read_at(position_.offset, buffer.first(wanted)));
    const std::size_t done = take_lines({buffer.data(), got}, position_.inside_line, on_line);
    position_.offset += done;
    return done;
}

void TailedFile::read_rest(std::span<char> buffer,
                           const std::function<void(std::string_view)>& on_line) {
    const std::size_t wanted = std::min<std::uint64_t>(unread(), kLongestLine);
    const Result<std::size_t> got = read_at(position_.offset, buffer.first(wanted));
    if (!got || got.value() == 0) return;
    const std::string_view line(buffer.data(), got.value());
    on_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    position_.offset += got.value();
}

}  // namespace tocsin::collector
