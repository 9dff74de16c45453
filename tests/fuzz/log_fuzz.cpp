// Lines that a program logs, cut at any place, and the file where positions are kept.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "collector/service/logs/lines.h"
#include "collector/service/logs/positions.h"

using namespace tocsin::collector;

namespace {

std::vector<std::string> lines_in_pieces(std::string_view bytes, std::size_t piece) {
    std::vector<std::string> lines;
    bool inside = false;
    std::size_t at = 0;
    for (std::size_t end = std::min(piece, bytes.size());;
         end = std::min(end + piece, bytes.size())) {
        const std::size_t done =
            take_lines(bytes.substr(at, end - at), inside, [&](std::string_view line) {
                if (line.find('\n') != std::string_view::npos) std::abort();
                if (line.size() > kLongestLine) std::abort();
                lines.emplace_back(line);
            });
        if (done > end - at) std::abort();
        at += done;
        if (end == bytes.size()) return lines;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (size > 0) {
        // However it comes, the lines are the same.
        const std::size_t piece = 1U + data[0];
        if (lines_in_pieces(text, piece) != lines_in_pieces(text, size)) std::abort();
    }
    if (const auto positions = parse_positions(text)) {
        const auto again = parse_positions(print_positions(*positions));
        if (!again || !(*again == *positions)) std::abort();
    }
    return 0;
}
