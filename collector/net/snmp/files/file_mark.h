// What tells a file that was written again from the one that was read.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace tocsin::collector::snmp {

struct FileMark {
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t changed = 0;
    bool operator==(const FileMark&) const = default;
};
// As it is now; of a file that cannot be looked at, and of "", the default.
FileMark mark_of(const std::string& path);

}  // namespace tocsin::collector::snmp
