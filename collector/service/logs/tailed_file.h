// A file that another program appends to: kept open, read on from where the last read ended.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/service/logs/positions.h"

namespace tocsin::collector {

// Which file it is, whatever its name.
struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileId&) const = default;
    bool operator<(const FileId& other) const {
        return std::pair(device, inode) < std::pair(other.device, other.inode);
    }
    static FileId of(const struct stat& status) { return {status.st_dev, status.st_ino}; }
};

// What is another once a file was written to.
struct FileStamp {
    std::uint64_t size = 0;
    std::int64_t seconds = 0;  // of the last write
    std::int64_t nanoseconds = 0;
    bool operator==(const FileStamp&) const = default;
    static FileStamp of(const struct stat& status) {
        return {static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
                status.st_mtim.tv_nsec};
    }
};

class TailedFile {
  public:
    // Regular files alone; a FIFO of that name is refused and waits for nobody.
    static Result<TailedFile> open(const std::string& path);
    TailedFile(TailedFile&& other) noexcept;
    TailedFile& operator=(TailedFile&& other) noexcept;
    ~TailedFile();

    FileId id() const { return id_; }
    const FileStamp& stamp() const { return stamp_; }
    std::uint64_t size() const { return stamp_.size; }
    std::uint64_t unread() const { return size() - position_.offset; }
    const FilePosition& position() const { return position_; }
    void rename(const std::string& path) { position_.path = path; }

    // At most FileHead::kMost.
    Result<std::string> first_bytes() const;
    // Of the last bytes before the position, of none where there are none or they cannot be read.
    const FileHead& tail() const { return tail_; }
    // Likewise of the bytes before `offset`.
    FileHead before(std::uint64_t offset) const;
    // Whether the bytes before `offset` are those that `wanted` is of.
    bool has_before(std::uint64_t offset, const FileHead& wanted) const;

    void go_to_end();
    // Goes on where a former agent was. False when it does not begin as that file did, or is
    // shorter.
    bool resume(const FilePosition& kept);

    // Looks how long it is. One that was cut, or written from its start again (copytruncate), is
    // read from its start.
    Result<void> refresh(Timestamp now);
    // What gzip, xz, bzip2 or zstd wrote has no lines.
    bool is_compressed() const { return compressed_; }
    // Since when nothing was written to it, as far as refresh() saw.
    Timestamp quiet_since() const { return changed_; }

    // Reads up to a buffer's bytes of whole lines; gives how many bytes they were, 0 when there is
    // no whole line more.
    Result<std::size_t> read_lines(std::span<char> buffer,
                                   const std::function<void(std::string_view)>& on_line);
    // Reads what is left, shorter than a line can be, as a line whose newline will never come.
    Result<void> read_rest(std::span<char> buffer,
                           const std::function<void(std::string_view)>& on_line);

  private:
    TailedFile(int fd, const struct stat& status, const std::string& path);
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const;
    void start_over();
    void learn_tail() { tail_ = before(position_.offset); }

    int fd_ = -1;
    FileId id_;
    FileStamp stamp_;  // when open() or refresh() looked
    Timestamp changed_{};
    bool compressed_ = false;
    FilePosition position_;
    FileHead tail_;
};

}  // namespace tocsin::collector
