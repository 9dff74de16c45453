#include "bridge/knowledge/reminders.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tocsin::bridge {
namespace {

constexpr Duration kAgain = 24h;

struct Item {
    int number;
    Timestamp due;
};
// By whom they are for.
std::map<std::string, std::vector<Item>> items_of(const Record& record, const Review& review) {
    std::map<std::string, std::vector<Item>> out;
    if (record.state == RecordState::kOpen && review.due) {
        out[record.owner].push_back({0, *review.due});
    }
    int number = 0;
    for (const ReviewAction& action : review.actions) {
        ++number;
        if (action.done_at || !action.due) continue;
        out[action.owner.empty() ? record.owner : action.owner].push_back({number, *action.due});
    }
    return out;
}

}  // namespace

ReviewLook look_at_review(const Record& record, Timestamp since, Timestamp now,
                          const NextTelling& opening) {
    ReviewLook look;
    const auto* const review = std::get_if<Review>(&record.part);
    if (review == nullptr) return look;
    const Timestamp seen = std::max(since, now);
    for (const auto& [owner, items] : items_of(record, *review)) {
        bool asked = false;
        const auto take = [&](Timestamp at) {
            asked = asked || (at > since && at <= now);
            if (at > seen) look.next = look.next ? std::min(*look.next, at) : at;
        };
        Timestamp first = items.front().due;
        for (const Item& item : items) {
            take(opening(item.due));
            first = std::min(first, item.due);
        }
        // Every day from the first on, of whatever is late by then; none before it was made.
        Timestamp daily = opening(std::max(first, record.created_at));
        for (; daily <= seen; daily = opening(daily + kAgain)) take(daily);
        take(daily);
        if (!asked) continue;
        for (const Item& item : items) {
            if (item.due <= now) look.late[owner].push_back(item.number);
        }
    }
    return look;
}

namespace {

std::string numbered(const Review& review, const std::vector<int>& numbers, std::string_view itself,
                     std::string_view action) {
    std::string out;
    for (const int number : numbers) {
        std::string one(itself);
        if (number != 0) {
            const ReviewAction& late = review.actions.at(static_cast<std::size_t>(number) - 1);
            one = fmt::format("{}{}: {}", action, number, late.text);
        }
        if (!out.empty() && !one.empty()) out += "; ";
        out += one;
    }
    return out;
}

}  // namespace

std::string late_text(const Review& review, const std::vector<int>& numbers) {
    return numbered(review, numbers, "the review", "action ");
}

std::string late_actions(const Review& review, const std::vector<int>& numbers) {
    return numbered(review, numbers, "", "");
}

}  // namespace tocsin::bridge
