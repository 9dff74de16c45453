// A file of /proc or /sys that is read again and again: kept open, read from its start by pread.
//
// A descriptor of a device that was unplugged and plugged in again keeps failing (ENODEV, ENOENT,
// ESRCH): it is closed, and the path opened once more. The files of the whole process share one
// bound; beyond it a file is opened for each read. Not thread-safe; different files are
// independent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin::collector {

// The bytes of one read. Grows to the largest file that it held and stays so; one serves all files
// of a collector, as long as no two contents are needed at once.
class ReadBuffer {
  public:
    char* data() { return bytes_.get(); }
    std::size_t capacity() const { return capacity_; }
    void grow(std::size_t keep);  // twice as large; the first `keep` bytes stay

  private:
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
};

class ProcFile {
  public:
    static constexpr std::size_t kLargest = std::size_t{64} * 1024 * 1024;
    static constexpr int kMostKeptOpen = 512;

    // The kernel hands out a file of many lines in pieces of whole lines, so that only a read of
    // nothing tells the end. Where no line is long, a piece that leaves half a page free is the
    // last: kShort saves the second read, for which some files are made anew.
    enum class Lines { kAnyLength, kShort };

    explicit ProcFile(std::string path, Lines lines = Lines::kAnyLength)
        : path_(std::move(path)), lines_(lines) {}
    ProcFile(ProcFile&& other) noexcept;
    ProcFile& operator=(ProcFile&& other) noexcept;
    ~ProcFile() { close(); }

    // The whole content, valid until the buffer is used again. An empty file is an empty view;
    // one that does not exist, or that the kernel was booted without (EOPNOTSUPP), is kNotFound;
    // one larger than kLargest is kTooLarge. Never waits for a writer: a FIFO in the file's place
    // is an error.
    Result<std::string_view> read(ReadBuffer& buffer);

    // Of /proc/PID/mounts alone, whose changes the kernel tells by poll: false while it has told of
    // none since the last call. True for any file that is not of /proc.
    bool mounts_changed() const;

    const std::string& path() const { return path_; }
    std::uint64_t reopened() const { return reopened_; }  // times a kept descriptor had died
    static int kept_open();                               // descriptors of the process

  private:
    int open_file();  // 0 or an errno value
    int read_all(ReadBuffer& buffer, std::size_t& size) const;
    void close() noexcept;

    std::string path_;
    Lines lines_;
    int fd_ = -1;
    std::uint64_t reopened_ = 0;
};

// A small file that is read once, without surrounding blanks; "" when it cannot be read.
std::string read_word(const std::string& path);

}  // namespace tocsin::collector
