// node_filefd_allocated and node_filefd_maximum, from /proc/sys/fs/file-nr.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

struct FileHandles {
    std::uint64_t allocated = 0;
    std::uint64_t maximum = 0;
};
// Three numbers: allocated, allocated but unused (always 0 since Linux 2.6), maximum
// (Documentation/admin-guide/sysctl/fs.rst).
Result<FileHandles> parse_file_nr(std::string_view text);

Result<std::unique_ptr<Collector>> create_filefd(const Context& context);

}  // namespace tocsin::collector
