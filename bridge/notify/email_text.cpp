#include "bridge/notify/email_text.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/core/digest.h"
#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostPlainHeader = 60;

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// RFC 2047, 2: an encoded word is at most 75 characters, its line 76 with the header's name, and
// it holds whole characters.
std::string encoded_words(std::string_view text) {
    constexpr std::size_t kMostBytes = 39;
    std::string out;
    while (!text.empty()) {
        std::size_t take = std::min(kMostBytes, text.size());
        while (take < text.size() && take > 1 && is_continuation(text[take])) --take;
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64(text.substr(0, take)) + "?=";
        text.remove_prefix(take);
    }
    return out;
}

// RFC 2045, 6.8: lines of at most 76 characters.
std::string base64_lines(std::string_view bytes) {
    const std::string encoded = base64(bytes);
    std::string out;
    for (std::size_t i = 0; i < encoded.size(); i += 76) {
        out += encoded.substr(i, 76);
        out += "\r\n";
    }
    return out;
}

std::string part(std::string_view type, std::string_view content) {
    return fmt::format(
        "Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", type,
        base64_lines(content));
}

std::string_view domain_of(std::string_view address) {
    const auto at = address.rfind('@');
    return at == std::string_view::npos ? std::string_view("localhost") : address.substr(at + 1);
}

// What may stand in a Message-ID's left part without quotes; keys and idempotency keys are ours,
// but a mail must not break if one ever holds something else.
std::string id_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_';
        out += plain ? c : '-';
    }
    return out;
}

// A digest is of several incidents, and begins no thread.
bool is_threaded(const Message& message) {
    return !message.key.empty();
}

std::string opening_id(const Message& message, std::string_view from) {
    return fmt::format("<{}.opened@{}>", id_text(message.key), domain_of(from));
}

std::string mailbox(std::string_view display, std::string_view address) {
    const bool plain = !display.empty() && display.size() <= kMostPlainHeader &&
                       std::all_of(display.begin(), display.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == ' ' || c == '-';
                       });
    if (display.empty() || display == address) return fmt::format("<{}>", address);
    if (plain) return fmt::format("{} <{}>", display, address);
    return fmt::format("{}\r\n <{}>", encoded_words(display), address);
}

std::string headers(const Message& message, const Words& words, std::string_view from,
                    std::string_view boundary) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(message.at);
    std::string out;
    const auto add = [&out](std::string_view name, std::string_view value) {
        out += fmt::format("{}: {}\r\n", name, value);
    };
    add("From", mailbox("Tocsin", from));
    add("To", mailbox(message.recipient.display, message.recipient.address));
    add("Subject", header_text(words.subject));
    add("Date", date::format("%a, %d %b %Y %T +0000", seconds));
    add("Message-ID", message_id(message, from));
    if (message.kind != MessageKind::kOpened && is_threaded(message)) {
        add("In-Reply-To", opening_id(message, from));
        add("References", opening_id(message, from));
    }
    // RFC 3834: nobody's holiday answers to this.
    add("Auto-Submitted", "auto-generated");
    if (message.priority <= Priority::kP2 && message.kind != MessageKind::kResolved) {
        add("Importance", "high");
    }
    if (is_threaded(message)) add("X-Tocsin-Incident", header_text(message.key));
    add("X-Tocsin-Kind", to_string(message.kind));
    add("MIME-Version", "1.0");
    add("Content-Type", fmt::format("multipart/alternative;\r\n boundary=\"{}\"", boundary));
    return out;
}

}  // namespace

bool is_mail_address(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
    });
}

std::string header_text(std::string_view text) {
    std::string clean = valid_utf8(text);
    bool ascii = true;
    for (char& c : clean) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
        if (byte > 0x7f) ascii = false;
    }
    // "=?" would be taken for an encoded word.
    const bool plain =
        ascii && clean.size() <= kMostPlainHeader && clean.find("=?") == std::string::npos;
    return plain ? clean : encoded_words(clean);
}

std::string message_id(const Message& message, std::string_view from) {
    if (!is_threaded(message)) {
        return fmt::format("<digest.{}@{}>", id_text(message.idempotency_key), domain_of(from));
    }
    if (message.kind == MessageKind::kOpened) return opening_id(message, from);
    return fmt::format("<{}.{}.{}@{}>", id_text(message.key), id_text(to_string(message.kind)),
                       id_text(message.idempotency_key), domain_of(from));
}

Result<std::string> compose_email(const Message& message, const Words& words,
                                  std::string_view from) {
    for (const std::string_view address : {from, std::string_view(message.recipient.address)}) {
        if (is_mail_address(address)) continue;
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is no e-mail address", valid_utf8(address)));
    }
    // Both parts are base64, in which no line can look like a boundary.
    const std::string boundary =
        "=_tocsin_" + hex(sha256(message.idempotency_key + message.key)).substr(0, 24);
    std::string out = headers(message, words, from, boundary);
    out += fmt::format("\r\n--{}\r\n{}", boundary, part("text/plain", words.text));
    out += fmt::format("--{}\r\n{}", boundary, part("text/html", words.html));
    out += fmt::format("--{}--\r\n", boundary);
    return out;
}

}  // namespace tocsin::bridge
