#include "bridge/notify/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/own_template.h"

namespace tocsin::bridge {
namespace {

struct Replacement {
    char from;
    std::string_view to;
};

// DingTalk and WeCom list what their Markdown knows (headings, quotes, bold, links, images, lists,
// fonts; "@" for mentions) and no way to escape it: the full-width forms look alike and mean
// nothing. A colon before "//" would make clients find a link.
constexpr std::array kFullWidth = {
    Replacement{'<', "＜"}, Replacement{'>', "＞"}, Replacement{'[', "［"}, Replacement{']', "］"},
    Replacement{'*', "＊"}, Replacement{'`', "｀"}, Replacement{'#', "＃"}, Replacement{'@', "＠"},
    Replacement{'!', "！"}, Replacement{'~', "～"}, Replacement{'\\', "＼"}};

// Feishu's card Markdown shows entities as the characters they name:
// open.feishu.cn/document/common-capabilities/message-card/message-cards-content/using-markdown-tags
constexpr std::string_view kFeishuSpecial = "\\`*_{}[]()#+!<>&~|:@$\"'";

// api.slack.com/reference/surfaces/formatting#escaping
constexpr std::array kSlackEntities = {Replacement{'&', "&amp;"}, Replacement{'<', "&lt;"},
                                       Replacement{'>', "&gt;"}};

template <std::size_t N>
std::optional<std::string_view> replacement(const std::array<Replacement, N>& table, char c) {
    for (const Replacement& row : table) {
        if (row.from == c) return row.to;
    }
    return std::nullopt;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

std::string one(Dialect dialect, std::string_view rest) {
    const char c = rest.front();
    switch (dialect) {
        case Dialect::kPlain:
            break;
        case Dialect::kDingtalk:
        case Dialect::kWecom:
            if (rest.starts_with("://")) return "：";
            return std::string(replacement(kFullWidth, c).value_or(rest.substr(0, 1)));
        case Dialect::kFeishu:
            if (kFeishuSpecial.find(c) != std::string_view::npos) {
                return fmt::format("&#{};", static_cast<int>(c));
            }
            break;
        case Dialect::kSlack:
            return std::string(replacement(kSlackEntities, c).value_or(rest.substr(0, 1)));
    }
    return std::string(1, c);
}

std::string_view mark_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::kPlain:
            return "";
        case Dialect::kSlack:
            return "*";
        case Dialect::kDingtalk:
        case Dialect::kWecom:
        case Dialect::kFeishu:
            return "**";
    }
    return "";
}

// DingTalk ends a line only at an empty one.
std::string_view line_break(Dialect dialect) {
    return dialect == Dialect::kDingtalk ? "\n\n" : "\n";
}

void add_rows(const Content& c, std::string_view language, Dialect dialect,
              std::vector<Piece>& pieces) {
    const std::string separator(phrase("label.separator", language));
    for (const Row& row : c.rows) {
        const bool tapped = std::any_of(c.taps.begin(), c.taps.end(),
                                        [&](const Tap& tap) { return tap.url == row.value; });
        if (tapped) continue;
        const std::string label = strong(dialect, escaped(dialect, row.label)) + separator;
        if (is_link(row.value)) {
            pieces.push_back({link(dialect, row.label, row.value)});
        } else {
            pieces.push_back({label + escaped(dialect, row.value), Piece::Fit::kShorten});
        }
        for (const std::string& line : row.lines) {
            pieces.push_back({"- " + escaped(dialect, line), Piece::Fit::kShorten});
        }
    }
}

std::string links(const Content& c, Dialect dialect) {
    std::string out;
    for (const Tap& tap : c.taps) {
        if (!out.empty()) out += " | ";
        out += link(dialect, tap.label, tap.url);
    }
    return out;
}

std::vector<Piece> pieces_of(const Content& c, std::string_view language, Dialect dialect) {
    std::vector<Piece> pieces;
    const auto plain = [&](const std::string& text) {
        if (!text.empty()) pieces.push_back({escaped(dialect, text), Piece::Fit::kShorten});
    };
    if (!c.summary.empty()) {
        pieces.push_back({escaped(dialect, c.summary), Piece::Fit::kShorten, mark_of(dialect)});
    }
    plain(c.why);
    for (const std::string& line : c.incidents) pieces.push_back({"- " + escaped(dialect, line)});
    add_rows(c, language, dialect, pieces);
    plain(c.description);
    for (const std::string& line : c.timeline) pieces.push_back({escaped(dialect, line)});
    return pieces;
}

}  // namespace

std::string escaped(Dialect dialect, std::string_view text) {
    const std::string valid = valid_utf8(text);
    std::string out;
    for (std::size_t i = 0; i < valid.size(); ++i) {
        if (is_control(valid[i])) {
            out += ' ';
        } else {
            out += one(dialect, std::string_view(valid).substr(i));
        }
    }
    return out;
}

std::string safe_url(std::string_view url) {
    std::string out;
    for (const char c : url) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f ||
            std::string_view("()<>[]{}\"'`|\\^*").find(c) != std::string_view::npos) {
            out += fmt::format("%{:02X}", byte);
        } else {
            out += c;
        }
    }
    return out;
}

std::string link(Dialect dialect, std::string_view label, std::string_view url) {
    if (dialect == Dialect::kPlain) return fmt::format("{} {}", label, url);
    if (dialect == Dialect::kSlack) {
        return fmt::format("<{}|{}>", escaped(dialect, safe_url(url)), escaped(dialect, label));
    }
    return fmt::format("[{}]({})", escaped(dialect, label), safe_url(url));
}

std::string strong(Dialect dialect, std::string_view text) {
    return fmt::format("{0}{1}{0}", mark_of(dialect), text);
}

std::string cut_bytes(std::string_view text, std::size_t most) {
    constexpr std::string_view kMore = "…";
    if (text.size() <= most) return std::string(text);
    if (most < kMore.size()) return {};
    std::size_t keep = most - kMore.size();
    while (keep > 0 && is_continuation(text[keep])) --keep;
    return std::string(text.substr(0, keep)) + std::string(kMore);
}

std::string cut_characters(std::string_view text, std::size_t most) {
    if (utf8_length(text) <= most) return std::string(text);
    std::size_t end = 0;
    for (std::size_t kept = 0; kept + 1 < most && end < text.size(); ++kept) {
        ++end;
        while (end < text.size() && is_continuation(text[end])) ++end;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string fitted(const std::vector<Piece>& pieces, std::string_view tail,
                   std::string_view separator, std::size_t most) {
    // Shorter than this a piece says nothing.
    constexpr std::size_t kLeast = 64;
    std::string out;
    std::size_t missing = 0;
    const std::size_t reserved = tail.size() + 2 * separator.size() + 4;  // and the "…"
    for (const Piece& piece : pieces) {
        const std::size_t used = out.size() + reserved + 2 * piece.mark.size();
        const std::size_t room =
            used + separator.size() < most ? most - used - separator.size() : 0;
        if (missing > 0 ||
            (piece.text.size() > room && (piece.fit == Piece::Fit::kWhole || room < kLeast))) {
            ++missing;
            continue;
        }
        if (!out.empty()) out += separator;
        out += std::string(piece.mark) + cut_bytes(piece.text, room) + std::string(piece.mark);
    }
    if (missing > 0 && !out.empty()) out += std::string(separator) + "…";
    if (!tail.empty() && !out.empty()) out += separator;
    return out + std::string(tail);
}

std::string markdown(const Message& message, const Content& content,
                     const MessageTemplates& templates, Dialect dialect, std::string_view tail,
                     std::size_t most) {
    const std::string_view separator = line_break(dialect);
    if (!templates.text.empty()) {
        const Dot dot(message, content,
                      [dialect](std::string_view text) { return escaped(dialect, text); });
        const std::string own = dot.render(templates.text, "");
        if (!own.empty()) {
            return fitted({{own, Piece::Fit::kShorten}}, tail, separator, most);
        }
    }
    std::string end = links(content, dialect);
    if (!tail.empty()) end += std::string(separator) + std::string(tail);
    return fitted(pieces_of(content, message.language, dialect), end, separator, most);
}

namespace {

// The longest of the lines that leaves the sentence some room, else the last.
std::string brief_within(const Content& content, std::size_t most_characters) {
    constexpr std::size_t kLeastSentence = 40;
    const std::size_t what = utf8_length(content.what);
    const auto fits = [&](const std::string& brief) {
        return utf8_length(brief) - what + std::min(what, kLeastSentence) <= most_characters;
    };
    if (content.shorter_briefs.empty() || fits(content.brief)) return content.brief;
    const auto& shorter = content.shorter_briefs;
    const auto found = std::find_if(shorter.begin(), shorter.end(), fits);
    return found == shorter.end() ? shorter.back() : *found;
}

}  // namespace

std::string short_text(const Message& message, const MessageTemplates& templates,
                       std::size_t most_characters) {
    const auto plain = [](std::string_view text) {
        std::string out = escaped(Dialect::kPlain, text);
        std::replace(out.begin(), out.end(), '\n', ' ');
        return out;
    };
    // The sentence gives way until the whole fits: what it is short of, and then some.
    Content content = content_of(message);
    content.brief = brief_within(content, most_characters);
    std::string line;
    for (int round = 0; round < 4; ++round) {
        const Dot dot(message, content, plain);
        line = plain(dot.render(templates.brief, content.brief));
        const std::size_t length = utf8_length(line);
        if (length <= most_characters) return line;
        const std::size_t over = length - most_characters;
        const std::size_t what = utf8_length(content.what);
        if (what <= over + 1) break;
        const std::string shorter = cut_characters(content.what, what - over);
        const auto at = content.brief.find(content.what);
        if (at != std::string::npos) content.brief.replace(at, content.what.size(), shorter);
        content.what = shorter;
    }
    // A template without the sentence, or a link longer than all that there is.
    return cut_characters(line, most_characters);
}

std::string title_of(const Message& message, const Content& content,
                     const MessageTemplates& templates, Dialect dialect, std::size_t most) {
    const Dot dot(message, content,
                  [dialect](std::string_view text) { return escaped(dialect, text); });
    // The catalogue's own brackets are meant; those of a label are not.
    const std::string_view ours =
        phrase(message.digest.empty() ? "subject" : "digest.subject", message.language);
    std::string title = dot.render(templates.subject.empty() ? ours : templates.subject,
                                   escaped(dialect, content.subject));
    std::replace(title.begin(), title.end(), '\n', ' ');
    return cut_bytes(title, most);
}

}  // namespace tocsin::bridge
