// What Go's unicode and strconv packages make of characters and texts in UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin::text {

inline constexpr std::uint32_t kReplacement = 0xFFFD;

// What is no character becomes U+FFFD.
void append_utf8(std::string& out, std::uint32_t c);
// The character at `at`, which moves behind it; U+FFFD for a byte that begins none.
std::uint32_t next_character(std::string_view text, std::size_t& at);

enum class Case { kUpper, kLower, kTitle };
// Unicode's simple mapping: one character for one.
std::uint32_t cased(std::uint32_t c, Case to);
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

bool is_printable(std::uint32_t c);  // as Go's IsPrint: of blanks only U+0020
bool is_space(std::uint32_t c);      // as Go's IsSpace

enum class Printed { kUnicode, kAscii };
// Go's Quote and QuoteRune: between `mark`s, with what is not printable escaped.
std::string go_quoted(std::string_view text, char mark, Printed as);

}  // namespace tocsin::text
