// How cgroup v2 prints (Documentation/admin-guide/cgroup-v2.rst, "Interface Files").
#include <string>

#include "base/core/strings.h"
#include "collector/api/scan.h"
#include "collector/host/cgroup.h"

namespace tocsin::collector {
namespace {

constexpr std::array<std::string_view, 4> kIoKeys{"rbytes=", "wbytes=", "rios=", "wios="};

Error malformed(std::string_view line) {
    return {ErrorCode::kInvalid, "\"" + valid_utf8(line) + "\""};
}

}  // namespace

Result<std::optional<std::uint64_t>> parse_cgroup_value(std::string_view text,
                                                        std::string_view key) {
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view word;
        if (!key.empty() && (!next_field(rest, word) || word != key)) continue;
        if (!next_field(rest, word)) return malformed(line);
        if (word == "max") return std::optional<std::uint64_t>();
        const std::optional<std::uint64_t> value = to_uint(word);
        if (!value) return malformed(line);
        return value;
    }
    if (key.empty()) return malformed(text);
    return std::optional<std::uint64_t>();
}

Result<void> parse_cgroup_io(std::string_view text, std::vector<CgroupIo>& out) {
    std::string_view line;
    while (next_line(text, line)) {
        CgroupIo io;
        std::size_t found = 0;
        std::string_view rest = line;
        std::string_view field;
        while (next_field(rest, field)) {
            // Linux 5.15 and others print devices that have no counters without a line feed: the
            // last one before the counters is theirs.
            if (field.find('=') == std::string_view::npos) io.device = field;
            for (std::size_t i = 0; i < kIoKeys.size(); ++i) {
                if (!field.starts_with(kIoKeys[i])) continue;
                const auto value = to_uint(field.substr(kIoKeys[i].size()));
                if (!value) return malformed(line);
                io.counters[i] = *value;
                ++found;
            }
        }
        if (found == 0) continue;
        if (found != kIoKeys.size() || io.device.find(':') == std::string_view::npos) {
            return malformed(line);
        }
        out.push_back(io);
    }
    return success();
}

}  // namespace tocsin::collector
