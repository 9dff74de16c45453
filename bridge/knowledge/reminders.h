// When a review asks to be remembered: it and each of its actions at the time they are due, and
// once a day from then on all that somebody has not done yet, in the hours in which people are told
// of such things. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/knowledge/record.h"

namespace tocsin::bridge {

struct ReviewLook {
    // All that is late, by whom it is for ("" for nobody), of those who are to be reminded now: 0
    // is the review itself, other numbers are its actions'.
    std::map<std::string, std::vector<int>> late;
    std::optional<Timestamp> next;  // when to look again; none: nothing is to come
};

// The first moment from a time on at which people are told.
using NextTelling = std::function<Timestamp(Timestamp)>;

// `since`: the last look. Whatever happened between the two, each hears once.
ReviewLook look_at_review(const Record& record, Timestamp since, Timestamp now,
                          const NextTelling& opening);

// "the review", "action 2: add a test"; several parted by "; ".
std::string late_text(const Review& review, const std::vector<int>& numbers);
// Of the actions among them: "2: add a test; 3: …".
std::string late_actions(const Review& review, const std::vector<int>& numbers);

}  // namespace tocsin::bridge
