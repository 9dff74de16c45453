// Cuts what was read of a log into its lines. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace tocsin::collector {

// What is longer counts as a line of its first bytes.
inline constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

// Calls on_line(line) for each line of `bytes`, without its newline and carriage return, and gives
// how many bytes are done with: the last line waits until its newline is there. `inside_line` says
// that the bytes begin within a line that has been told of already, and then, whether the next do.
template <class OnLine>
std::size_t take_lines(std::string_view bytes, bool& inside_line, OnLine&& on_line) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const std::string_view rest = bytes.substr(done);
        const std::size_t end = rest.find('\n');
        const bool whole = end != std::string_view::npos;
        if (!whole && !inside_line && rest.size() < kLongestLine) break;
        if (!inside_line) {
            std::string_view line = rest.substr(0, end).substr(0, kLongestLine);
            if (line.ends_with('\r')) line.remove_suffix(1);
            on_line(line);
        }
        inside_line = !whole;
        done += whole ? end + 1 : rest.size();
    }
    return done;
}

}  // namespace tocsin::collector
