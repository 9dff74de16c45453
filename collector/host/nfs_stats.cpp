#include "collector/host/nfs_stats.h"

#include "collector/api/scan.h"

namespace tocsin::collector {

bool take_numbers(std::string_view line, std::span<std::uint64_t> out) {
    for (std::uint64_t& number : out) {
        if (!next_uint(line, number)) return false;
    }
    return true;
}

bool take_counted(std::string_view line, std::size_t least, std::span<std::uint64_t> out) {
    std::uint64_t announced = 0;
    if (!next_uint(line, announced) || announced < least) return false;
    for (std::uint64_t& number : out) number = 0;
    std::string_view field;
    std::size_t found = 0;
    for (; next_field(line, field); ++found) {
        const std::optional<std::uint64_t> number = to_uint(field);
        if (!number) return false;
        if (found < out.size()) out[found] = *number;
    }
    return found == announced;
}

}  // namespace tocsin::collector
