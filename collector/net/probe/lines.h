// What a peer sends, line by line. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::collector::probe {

class Lines {
  public:
    static constexpr std::size_t kLongest = std::size_t{64} * 1024;

    void add(std::string_view bytes) { pending_.append(bytes); }
    // The next whole line without its end, "\n" or "\r\n".
    std::optional<std::string> next();
    // After the peer has closed: what stands without a line's end, if anything.
    std::optional<std::string> last();
    // A line without end is no line: kLongest bytes and no "\n" among them.
    bool too_long() const { return pending_.size() >= kLongest; }

  private:
    std::string pending_;
};

}  // namespace tocsin::collector::probe
