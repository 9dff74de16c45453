// The Markdowns of group robots: what text must become so that it shows as that text, whatever a
// label holds, and how a message is written down within a channel's limit. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/channel.h"
#include "bridge/notify/content.h"

namespace tocsin::bridge {

enum class Dialect {
    kPlain,     // no markup; control characters go
    kDingtalk,  // documents no escape: what begins markup, a mention or a link is shown full-width
    kWecom,     // likewise
    kFeishu,    // a card's Markdown: HTML's numeric entities
    kSlack,     // mrkdwn: &, < and > as entities; sent with verbatim, so that nothing else is found
};

// Label values, summaries, names. Line breaks stay.
std::string escaped(Dialect dialect, std::string_view text);
// An address that cannot end the brackets it stands in.
std::string safe_url(std::string_view url);
std::string link(Dialect dialect, std::string_view label, std::string_view url);
std::string strong(Dialect dialect, std::string_view text);

// At most so many bytes (characters), whole characters, with "…" where something is missing.
std::string cut_bytes(std::string_view text, std::size_t most);
std::string cut_characters(std::string_view text, std::size_t most);

// A part of a message: what does not fit is shortened, if it is plain, or left out.
struct Piece {
    std::string text;
    enum class Fit { kShorten, kWhole } fit = Fit::kWhole;
    std::string_view mark{};  // around it, on both sides: what makes it bold
};
// The pieces that fit with the tail after them, in at most so many bytes; the tail always stays.
std::string fitted(const std::vector<Piece>& pieces, std::string_view tail,
                   std::string_view separator, std::size_t most);

// The whole body in a dialect: from the sentence with the numbers to the links. `tail` is put
// after the links (mentions, written by the caller).
std::string markdown(const Message& message, const Content& content,
                     const MessageTemplates& templates, Dialect dialect, std::string_view tail,
                     std::size_t most);

// For SMS: one line of at most so many characters; of a message that is too long the sentence is
// cut, never the link.
std::string short_text(const Message& message, const MessageTemplates& templates,
                       std::size_t most_characters);

// The title in a dialect, cut.
std::string title_of(const Message& message, const Content& content,
                     const MessageTemplates& templates, Dialect dialect, std::size_t most);

}  // namespace tocsin::bridge
