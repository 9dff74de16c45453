// What the collectors of /proc/net/rpc/nfs and nfsd share: lines of a key and numbers, and a file
// that is there while the kernel's module is loaded.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {

// The procedures of NFS 2 (RFC 1094) and 3 (RFC 1813), by number, as node_exporter spells them.
inline constexpr std::array<std::string_view, 18> kNfs2Procedures{
    "Null",   "GetAttr", "SetAttr", "Root", "Lookup",  "ReadLink", "Read",  "WrCache", "Write",
    "Create", "Remove",  "Rename",  "Link", "SymLink", "MkDir",    "RmDir", "ReadDir", "FsStat"};
inline constexpr std::array<std::string_view, 22> kNfs3Procedures{
    "Null",    "GetAttr",     "SetAttr", "Lookup", "Access",   "ReadLink", "Read",   "Write",
    "Create",  "MkDir",       "SymLink", "MkNod",  "Remove",   "RmDir",    "Rename", "Link",
    "ReadDir", "ReadDirPlus", "FsStat",  "FsInfo", "PathConf", "Commit"};

// The numbers that a line begins with. False when there are fewer; more are left alone.
bool take_numbers(std::string_view line, std::span<std::uint64_t> out);
// A line that says first how many numbers follow. False when they are not as many, or fewer than
// `least`; those beyond `out` are left alone, those that an old kernel lacks are zero.
bool take_counted(std::string_view line, std::size_t least, std::span<std::uint64_t> out);

// Gives each line's key and what follows it to `take(key, rest)`. The error names the first line
// with which that was not content; `file` is where it stands.
template <class Take>
Result<void> parse_rpc_lines(std::string_view text, std::string_view file, Take&& take) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        next_field(rest, key);
        if (!take(key, rest) && result) {
            result = Error(ErrorCode::kInvalid,
                           "net/rpc/" + std::string(file) + ": \"" + std::string(line) + "\"");
        }
    }
    return result;
}

// Reports the numbers of one such file.
template <class Stats>
class RpcCollector final : public Collector {
  public:
    struct Parts {
        std::string_view file;  // below /proc/net/rpc
        Result<void> (*parse)(std::string_view text, Stats& out) = nullptr;
        // In one order: the series, and their values.
        std::vector<SeriesRef> (*series)(SeriesTable& table) = nullptr;
        void (*values)(const Stats& stats, std::vector<std::uint64_t>& out) = nullptr;
    };

    RpcCollector(const Context& context, const Parts& parts)
        : file_(context.paths.procfs + "/net/rpc/" + std::string(parts.file)),
          parts_(parts),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = file_.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) {
            series_.clear();
            return success();
        }
        if (!text) return text.error();
        Stats stats;
        Result<void> parsed = parts_.parse(text.value(), stats);
        if (!parsed) return parsed;  // a zero would look like a reset of the counter
        if (series_.empty()) series_ = parts_.series(*table_);
        values_.clear();
        parts_.values(stats, values_);
        for (std::size_t i = 0; i < values_.size(); ++i) {
            out.push_back({series_[i], static_cast<double>(values_[i])});
        }
        return success();
    }

  private:
    ProcFile file_;
    Parts parts_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<SeriesRef> series_;
    std::vector<std::uint64_t> values_;
};

inline void append(std::vector<std::uint64_t>& out, std::span<const std::uint64_t> values) {
    out.insert(out.end(), values.begin(), values.end());
}

}  // namespace tocsin::collector
