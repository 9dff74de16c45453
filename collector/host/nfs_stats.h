// Lines of /proc/net/rpc/nfs and nfsd: a key and numbers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

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

}  // namespace tocsin::collector
