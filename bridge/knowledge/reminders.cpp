#include "bridge/knowledge/reminders.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::bridge {
namespace {

constexpr Duration kAgain = 24h;

// The first of the due time and the days after it that comes after `t`.
Timestamp first_after(Timestamp due, Timestamp t) {
    return due > t ? due : due + ((t - due) / kAgain + 1) * kAgain;
}

}  // namespace

ReviewLook look_at_review(const Record& record, Timestamp since, Timestamp now) {
    ReviewLook look;
    const auto* const review = std::get_if<Review>(&record.part);
    if (review == nullptr) return look;
    const auto take = [&](int number, const std::string& owner, Timestamp due) {
        if (first_after(due, since) <= now) look.late[owner].push_back(number);
        const Timestamp next = first_after(due, std::max(since, now));
        look.next = look.next ? std::min(*look.next, next) : next;
    };
    if (record.state == RecordState::kOpen && review->due) take(0, record.owner, *review->due);
    int number = 0;
    for (const ReviewAction& action : review->actions) {
        ++number;
        if (action.done_at || !action.due) continue;
        take(number, action.owner.empty() ? record.owner : action.owner, *action.due);
    }
    return look;
}

std::string late_text(const Review& review, const std::vector<int>& numbers) {
    std::string out;
    for (const int number : numbers) {
        if (!out.empty()) out += "; ";
        out += number == 0
                   ? "the review"
                   : fmt::format("action {}: {}", number,
                                 review.actions.at(static_cast<std::size_t>(number) - 1).text);
    }
    return out;
}

}  // namespace tocsin::bridge
