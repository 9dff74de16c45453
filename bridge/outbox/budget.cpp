#include "bridge/outbox/budget.h"

#include <algorithm>
#include <climits>

namespace tocsin::bridge {
namespace {

// Our window is a twelfth longer than the vendor's: a slow request and a fast one come closer
// together there than they left here.
Duration window_of(const Rate& rate) {
    return rate.window + rate.window / 12;
}

// A send of the future is one from before the clock was set back: it says nothing of this window.
bool counts(const Rate& rate, Timestamp sent, Timestamp now) {
    return sent > now - window_of(rate) && sent <= now;
}

int used(const Rate& rate, const std::vector<Timestamp>& sent, Timestamp now) {
    return static_cast<int>(std::count_if(sent.begin(), sent.end(),
                                          [&](Timestamp at) { return counts(rate, at, now); }));
}

}  // namespace

int Budget::left(int kept_quarters) const {
    int least = INT_MAX;
    for (const Rate& rate : rates_) {
        const int share = std::max(rate.most - rate.most * kept_quarters / 4, 1);
        least = std::min(least, std::max(share - used(rate, sent_, now_), 0));
    }
    return least;
}

std::optional<Timestamp> Budget::free_at() const {
    std::optional<Timestamp> at;
    for (const Rate& rate : rates_) {
        std::vector<Timestamp> in_window;
        for (const Timestamp sent : sent_) {
            if (counts(rate, sent, now_)) in_window.push_back(sent);
        }
        if (static_cast<int>(in_window.size()) < rate.most) continue;
        std::sort(in_window.begin(), in_window.end());
        const auto oldest = in_window.size() - static_cast<std::size_t>(rate.most);
        const Timestamp free = in_window[oldest] + window_of(rate);
        at = std::max(at.value_or(free), free);
    }
    return at;
}

Duration Budget::digest_pause() const {
    Duration pause{0};
    for (const Rate& rate : rates_) {
        const bool short_of = used(rate, sent_, now_) * 2 >= rate.most;
        if (short_of) pause = std::max<Duration>(pause, rate.window * 2 / rate.most);
    }
    return pause;
}

}  // namespace tocsin::bridge
