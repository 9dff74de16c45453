// A lock that one owner has at a time, within this process and among all on the host.
#pragma once

#include <string>

#include "base/core/result.h"

namespace tocsin::net {

// The kernel lets go of it when the process ends, however it ends. The file stays.
class FileLock {
  public:
    // Waits for nobody: kConflict when another owner has it.
    static Result<FileLock> take(const std::string& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

  private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace tocsin::net
