// What a message says, in the reader's language and time zone, before any channel writes it down.
// Plain text throughout: each channel escapes for its own dialect. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/notify/message.h"

namespace tocsin::bridge {

// "label: value"; several values are lines under the label.
struct Row {
    std::string label;
    std::string value;
    std::vector<std::string> lines;
};

// A button: what it says and where it leads.
struct Tap {
    std::string label;
    std::string url;
};

struct Content {
    std::string subject;  // one line
    std::string brief;    // one line that stands alone, with the links
    // The same for where there is less room: with the tap alone, which leads to the page as well,
    // then with the page alone.
    std::vector<std::string> shorter_briefs;
    std::string headline;
    std::string why;
    std::string what;         // the sentence with the numbers, else the title
    std::string summary;      // the first alert's sentence with the numbers; "" for none
    std::string description;  // may have lines
    std::vector<Row> rows;
    std::vector<std::string> timeline;
    std::vector<std::string> incidents;  // of a digest: a line each
    std::vector<Tap> taps;               // what can be done in one tap, then the page
};
Content content_of(const Message& message);

// "2026-11-22 21:22:41 (Asia/Shanghai)"; an unknown zone is UTC.
std::string local_time(Timestamp at, const std::string& timezone);
// For people: "12 min", "1 h 20 min", "3 天 4 小时".
std::string human_duration(Duration d, std::string_view language);

bool is_link(std::string_view text);

}  // namespace tocsin::bridge
