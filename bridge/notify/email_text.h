// A message as the bytes of a mail (RFC 5322, MIME). Pure.
#pragma once

#include <string>
#include <string_view>

#include "bridge/notify/message.h"
#include "bridge/notify/words.h"

namespace tocsin::bridge {

// The whole mail with CRLF line ends: multipart/alternative of plain text and HTML, every byte
// ASCII. All mails of an incident make one thread: they refer to the Message-ID of the opening,
// which follows from the incident's key. kInvalid when the recipient's address is none.
Result<std::string> compose_email(const Message& message, const Words& words,
                                  std::string_view from);

// `<INC-2026-000001.opened@example.com>`; the same for every attempt.
std::string message_id(const Message& message, std::string_view from);

// A header's unstructured text: as it is when it is short ASCII, else RFC 2047 encoded words,
// folded. A control character becomes a space first.
std::string header_text(std::string_view text);

// What may stand between the angle brackets; no spaces, line breaks, brackets or non-ASCII.
bool is_mail_address(std::string_view text);

}  // namespace tocsin::bridge
