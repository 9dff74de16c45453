// The words of a message as mail, webhooks and SMS carry them: plain lines and HTML. Pure.
#pragma once

#include <string>
#include <string_view>

#include "bridge/config/channel.h"
#include "bridge/notify/content.h"
#include "bridge/notify/message.h"

namespace tocsin::bridge {

struct Words {
    std::string subject;  // one line
    std::string brief;    // one line that stands alone, for channels with little room
    std::string text;     // plain, lines
    std::string html;     // a whole document, everything escaped
};
// `templates`: the channel's own, in place of the catalogue's.
Words words_for(const Message& message, const MessageTemplates& templates = {});

}  // namespace tocsin::bridge
