#include "collector/service/logs/tailed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "collector/service/logs/lines.h"

namespace tocsin::collector {
namespace {

// By the magic numbers of RFC 1952, the .xz format, bzip2 (with the digit of its block size; a
// block or the end follows) and RFC 8878.
bool looks_compressed(std::string_view first) {
    if (first.starts_with("BZh") && first.size() >= 10 && first[3] >= '1' && first[3] <= '9') {
        const std::string_view next = first.substr(4);
        return next.starts_with("1AY&SY") || next.starts_with("\x17\x72\x45\x38\x50\x90");
    }
    return first.starts_with("\x1f\x8b") || first.starts_with("\x28\xb5\x2f\xfd") ||
           first.starts_with(std::string_view("\xfd\x37\x7a\x58\x5a\x00", 6));
}

}  // namespace

Result<TailedFile> TailedFile::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno_error(path, errno);
    struct stat status {};
    const int failed = ::fstat(fd, &status) == 0 ? 0 : errno;
    if (failed == 0 && S_ISREG(status.st_mode)) {
        TailedFile file(fd, status, path);
        const auto first = file.first_bytes();
        file.compressed_ = first && looks_compressed(first.value());
        return file;
    }
    ::close(fd);
    if (failed != 0) return errno_error(path, failed);
    return Error(ErrorCode::kInvalid, path + " is no regular file");
}

TailedFile::TailedFile(int fd, const struct stat& status, const std::string& path)
    : fd_(fd), id_(FileId::of(status)), stamp_(FileStamp::of(status)) {
    position_.device = id_.device;
    position_.inode = id_.inode;
    position_.path = path;
    start_over();
}

TailedFile::TailedFile(TailedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      id_(other.id_),
      stamp_(other.stamp_),
      changed_(other.changed_),
      compressed_(other.compressed_),
      position_(std::move(other.position_)),
      tail_(other.tail_) {}

TailedFile& TailedFile::operator=(TailedFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(position_, other.position_);
    id_ = other.id_;
    stamp_ = other.stamp_;
    changed_ = other.changed_;
    compressed_ = other.compressed_;
    tail_ = other.tail_;
    return *this;
}

TailedFile::~TailedFile() {
    if (fd_ >= 0) ::close(fd_);
}

void TailedFile::start_over() {
    position_.offset = 0;
    position_.inside_line = false;
    position_.head = FileHead::of({});
    tail_ = FileHead::of({});
}

FileHead TailedFile::before(std::uint64_t offset) const {
    std::array<char, FileHead::kMost> last{};
    const std::size_t size = std::min<std::uint64_t>(offset, last.size());
    const auto got = read_at(offset - size, std::span(last).first(size));
    return FileHead::of({last.data(), got && got.value() == size ? size : 0});
}

bool TailedFile::has_before(std::uint64_t offset, const FileHead& wanted) const {
    if (wanted.size > offset || offset > size()) return false;
    std::array<char, FileHead::kMost> last{};
    const auto got = read_at(offset - wanted.size, std::span(last).first(wanted.size));
    return got && FileHead::of({last.data(), got.value()}) == wanted;
}

Result<std::string> TailedFile::first_bytes() const {
    std::array<char, FileHead::kMost> first{};
    TOCSIN_TRY(const std::size_t got, read_at(0, first));
    return std::string(first.data(), got);
}

void TailedFile::go_to_end() {
    position_.offset = size();
    learn_tail();
}

bool TailedFile::resume(const FilePosition& kept) {
    if (kept.offset > size()) return false;
    const auto first = first_bytes();
    if (!first || !kept.head.begins(first.value())) return false;
    position_.offset = kept.offset;
    position_.inside_line = kept.inside_line;
    position_.head = kept.head;
    learn_tail();
    return true;
}

Result<void> TailedFile::refresh(Timestamp now) {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return errno_error(position_.path, errno);
    const FileStamp stamp = FileStamp::of(status);
    if (changed_ != Timestamp{} && stamp == stamp_) return success();
    TOCSIN_TRY(const std::string first, first_bytes());
    if (stamp.size < position_.offset || !position_.head.begins(first)) start_over();
    position_.head = FileHead::of(std::string_view(first).substr(0, stamp.size));
    compressed_ = looks_compressed(first);
    stamp_ = stamp;
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
    if (done >= FileHead::kMost) {
        tail_ = FileHead::of({buffer.data() + done - FileHead::kMost, FileHead::kMost});
    } else if (done > 0) {
        learn_tail();
    }
    return done;
}

Result<void> TailedFile::read_rest(std::span<char> buffer,
                                   const std::function<void(std::string_view)>& on_line) {
    const std::size_t wanted = std::min<std::uint64_t>(unread(), kLongestLine);
    TOCSIN_TRY(const std::size_t got, read_at(position_.offset, buffer.first(wanted)));
    if (got == 0) return success();
    const std::string_view line(buffer.data(), got);
    on_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    position_.offset += got;
    return success();
}

}  // namespace tocsin::collector
