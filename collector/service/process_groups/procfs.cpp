#include "collector/service/process_groups/procfs.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/core/strings.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr std::uint64_t kKib = 1024;

// The fields of stat behind the state, counted as proc(5) does (the state is the third).
struct StatField {
    int number;
    std::uint64_t ProcStat::*into;
};
constexpr std::array<StatField, 8> kStatFields{{{10, &ProcStat::minor_faults},
                                                {12, &ProcStat::major_faults},
                                                {14, &ProcStat::user_ticks},
                                                {15, &ProcStat::system_ticks},
                                                {20, &ProcStat::threads},
                                                {22, &ProcStat::start_ticks},
                                                {23, &ProcStat::virtual_bytes},
                                                {24, &ProcStat::resident_pages}}};

// "Name:   12 kB": what stands behind the colon when the line begins with `name`.
std::optional<std::uint64_t> number_of(std::string_view line, std::string_view name) {
    if (!line.starts_with(name)) return std::nullopt;
    line.remove_prefix(name.size());
    std::uint64_t value = 0;
    if (!next_uint(line, value)) return std::nullopt;
    return value;
}

// A number of kB that cannot be one (beyond 64 bits of bytes) is the largest there is.
std::uint64_t kib(std::uint64_t count) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return count > most / kKib ? most : count * kKib;
}

}  // namespace

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
    ProcStat stat;
    const std::size_t begin = text.find('(');
    const std::size_t end = text.rfind(')');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
        return std::nullopt;
    }
    stat.comm = text.substr(begin + 1, end - begin - 1);
    text.remove_prefix(end + 1);
    std::string_view field;
    if (!next_field(text, field) || field.size() != 1) return std::nullopt;
    stat.state = field.front();
    int number = 3;
    for (const StatField& wanted : kStatFields) {
        for (; number < wanted.number; ++number) {
            if (!next_field(text, field)) return std::nullopt;
        }
        const auto value = to_uint(field);
        if (!value) return std::nullopt;
        stat.*wanted.into = *value;
    }
    return stat;
}

ProcStatus parse_proc_status(std::string_view text) {
    ProcStatus status;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view field;
        if (line.starts_with("Uid:")) {
            std::string_view rest = line.substr(4);
            if (next_field(rest, field) && next_field(rest, field)) status.user = to_uint(field);
        } else if (const auto swap = number_of(line, "VmSwap:")) {
            status.swap_bytes = kib(*swap);
        } else if (const auto voluntary = number_of(line, "voluntary_ctxt_switches:")) {
            status.voluntary = *voluntary;
        } else if (const auto other = number_of(line, "nonvoluntary_ctxt_switches:")) {
            status.nonvoluntary = *other;
        }
    }
    return status;
}

std::optional<ProcIo> parse_proc_io(std::string_view text) {
    std::optional<std::uint64_t> read;
    std::optional<std::uint64_t> written;
    std::string_view line;
    while (next_line(text, line)) {
        if (!read) read = number_of(line, "read_bytes:");
        if (!written) written = number_of(line, "write_bytes:");
    }
    if (!read || !written) return std::nullopt;
    return ProcIo{*read, *written};
}

std::optional<double> parse_open_files_limit(std::string_view text) {
    constexpr std::string_view kName = "Max open files";
    std::string_view line;
    while (next_line(text, line)) {
        if (!line.starts_with(kName)) continue;
        line.remove_prefix(kName.size());
        std::string_view field;
        if (!next_field(line, field)) return std::nullopt;
        if (field == "unlimited") return std::numeric_limits<double>::infinity();
        return to_number(field);
    }
    return std::nullopt;
}

std::optional<ProcSmaps> parse_smaps_rollup(std::string_view text) {
    std::optional<std::uint64_t> pss;
    std::optional<std::uint64_t> swap;
    std::string_view line;
    while (next_line(text, line)) {
        if (!pss) pss = number_of(line, "Pss:");
        if (!swap) swap = number_of(line, "SwapPss:");
    }
    if (!pss) return std::nullopt;
    return ProcSmaps{kib(*pss), kib(swap.value_or(0))};
}

std::string_view parse_cgroup_path(std::string_view line) {
    const std::size_t first = line.find(':');
    if (first == std::string_view::npos) return {};
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) return {};
    return line.substr(second + 1);
}

std::string parse_cmdline(std::string_view text) {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    std::string line(text);
    std::replace(line.begin(), line.end(), '\0', ' ');
    return valid_utf8(line);
}

}  // namespace tocsin::collector
