#include "collector/service/logs/positions.h"

#include <algorithm>

#include "base/net/http.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr std::string_view kTitle = "tocsin log positions 1";
constexpr std::string_view kEnd = "end";  // a file that was cut has none

// FNV-1a: tells files apart, guards against nobody.
std::uint64_t hash_of(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

std::optional<std::string> decoded(std::string_view field) {
    auto text = net::percent_decode(field);
    if (!text || text->empty()) return std::nullopt;
    return std::move(*text);
}

std::optional<FilePosition> parse_file(std::string_view rest) {
    FilePosition file;
    std::uint64_t inside = 0;
    for (std::uint64_t* number :
         {&file.device, &file.inode, &file.offset, &inside, &file.head.size, &file.head.hash}) {
        if (!next_uint(rest, *number)) return std::nullopt;
    }
    std::string_view path;
    if (!next_field(rest, path) || inside > 1 || file.head.size > FileHead::kMost) {
        return std::nullopt;
    }
    auto name = decoded(path);
    if (!name || !trim(rest).empty()) return std::nullopt;
    file.inside_line = inside == 1;
    file.path = std::move(*name);
    return file;
}

}  // namespace

FileHead FileHead::of(std::string_view first_bytes) {
    const std::string_view bytes = first_bytes.substr(0, kMost);
    return {bytes.size(), hash_of(bytes)};
}

bool FileHead::begins(std::string_view first_bytes) const {
    return first_bytes.size() >= size && of(first_bytes.substr(0, size)).hash == hash;
}

std::string print_positions(const LogPositions& positions) {
    std::string out(kTitle);
    out += '\n';
    for (const std::string& pattern : positions.patterns) {
        out.append("pattern ").append(net::percent_encode(pattern)).append("\n");
    }
    for (const FilePosition& file : positions.files) {
        out += "file";
        for (const std::uint64_t number :
             {file.device, file.inode, file.offset, std::uint64_t{file.inside_line}, file.head.size,
              file.head.hash}) {
            out.append(" ").append(std::to_string(number));
        }
        out.append(" ").append(net::percent_encode(file.path)).append("\n");
    }
    return out.append(kEnd).append("\n");
}

std::optional<LogPositions> parse_positions(std::string_view text) {
    LogPositions positions;
    std::string_view line;
    if (!next_line(text, line) || line != kTitle) return std::nullopt;
    while (next_line(text, line)) {
        if (line == kEnd) return text.empty() ? std::optional(std::move(positions)) : std::nullopt;
        std::string_view kind;
        next_field(line, kind);
        if (kind == "pattern") {
            auto pattern = decoded(trim(line));
            if (!pattern) return std::nullopt;
            positions.patterns.push_back(std::move(*pattern));
        } else if (kind == "file") {
            auto file = parse_file(line);
            if (!file) return std::nullopt;
            positions.files.push_back(std::move(*file));
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace tocsin::collector
