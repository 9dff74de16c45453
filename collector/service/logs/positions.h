// How far each file of a log has been read, as the agent keeps it over a restart. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::collector {

// The first bytes of a file tell it from another one that got its inode.
struct FileHead {
    static constexpr std::size_t kMost = 256;

    std::uint64_t size = 0;  // of the bytes that the hash is of, kMost at most
    std::uint64_t hash = 0;

    static FileHead of(std::string_view first_bytes);
    // Whether the file that begins with these bytes may be the one: it has grown since, at most.
    bool begins(std::string_view first_bytes) const;
    bool operator==(const FileHead&) const = default;
};

struct FilePosition {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;
    bool inside_line = false;  // of one that was cut; what is left of it does not count
    FileHead head;
    std::string path;
    bool operator==(const FilePosition&) const = default;
};

struct LogPositions {
    std::vector<std::string> patterns;  // of files, that had been looked for
    std::vector<FilePosition> files;
    bool operator==(const LogPositions&) const = default;
};

// Lines of text, paths percent-encoded.
std::string print_positions(const LogPositions& positions);
// Nothing when it is not wholly what print_positions() writes.
std::optional<LogPositions> parse_positions(std::string_view text);

}  // namespace tocsin::collector
