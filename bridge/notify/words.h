// The words of a message, in the reader's language and time zone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "bridge/notify/message.h"

namespace tocsin::bridge {

struct Words {
    std::string subject;  // one line
    std::string brief;    // one line that stands alone, for channels with little room
    std::string text;     // plain, lines
    std::string html;     // a whole document, everything escaped
};
Words words_for(const Message& message);

// "2026-11-22 21:22:41 (Asia/Shanghai)"; an unknown zone is UTC.
std::string local_time(Timestamp at, const std::string& timezone);
// For people: "12 min", "1 h 20 min", "3 天 4 小时".
std::string human_duration(Duration d, std::string_view language);

}  // namespace tocsin::bridge
