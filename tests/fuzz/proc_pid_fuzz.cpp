// What the files of /proc/<pid> may hold; names and arguments are whatever a program sets.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/strings.h"
#include "collector/service/process_groups/procfs.h"

using namespace tocsin;
using namespace tocsin::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto stat = parse_proc_stat(text)) {
        // The name lies within the text.
        if (stat->comm.data() < text.data() ||
            stat->comm.data() + stat->comm.size() > text.data() + text.size()) {
            std::abort();
        }
    }
    (void)parse_proc_status(text);
    (void)parse_proc_io(text);
    (void)parse_open_files_limit(text);
    (void)parse_smaps_rollup(text);
    if (parse_cgroup_path(text).size() > size) std::abort();
    if (!is_valid_utf8(parse_cmdline(text))) std::abort();
    return 0;
}
