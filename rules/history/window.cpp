#include "rules/history/window.h"

#include "base/core/time.h"

namespace tocsin::rules {

std::vector<Sample>& Window::refill(std::int64_t low, std::uint64_t appended, std::size_t most) {
    samples_.clear();
    samples_.reserve(most);
    begin_ = 0;
    low_ = low;
    appended_ = appended;
    return samples_;
}

std::span<const Sample> Window::since(std::int64_t low) {
    low_ = low;
    while (begin_ < samples_.size() && to_unix_ms(samples_[begin_].t) <= low) ++begin_;
    if (begin_ > samples_.size() / 8) {  // now and then, so that moving the rest costs little
        samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
    }
    return std::span(samples_).subspan(begin_);
}

}  // namespace tocsin::rules
