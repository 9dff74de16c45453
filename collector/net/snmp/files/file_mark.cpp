#include "collector/net/snmp/files/file_mark.h"

#include <sys/stat.h>

namespace tocsin::collector::snmp {

FileMark mark_of(const std::string& path) {
    struct stat status {};
    if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
    // Of its inode too: whoever may read it is part of it.
    return {status.st_ino, status.st_size,
            std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec};
}

}  // namespace tocsin::collector::snmp
