#include "collector/net/probe/lines.h"

#include <utility>

namespace tocsin::collector::probe {
namespace {

std::string without_return(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

}  // namespace

std::optional<std::string> Lines::next() {
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    return without_return(std::move(line));
}

std::optional<std::string> Lines::last() {
    if (pending_.empty()) return std::nullopt;
    return without_return(std::exchange(pending_, {}));
}

}  // namespace tocsin::collector::probe
