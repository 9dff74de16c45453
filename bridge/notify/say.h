// The catalogue's phrases, filled in. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/text/template.h"
#include "bridge/incident/reason.h"

namespace tocsin::bridge {

// A phrase of the catalogue in a language; the id itself when it is none or cannot be rendered.
std::string say(std::string_view id, std::string_view language, text::Value dot = {});
// The phrase "<group>.<name>", else the name.
std::string word(std::string_view group, std::string_view name, std::string_view language);
// Of a list "cause, solution" likewise.
std::string word_list(std::string_view group, std::string_view list, std::string_view language);
// Why something is refused; in English what the catalogue has no other words for.
std::string reason_text(const Reason& reason, std::string_view language);
// An error's sentence, which is English; the same in other languages where the catalogue has it.
std::string error_text(std::string_view said, std::string_view language);

}  // namespace tocsin::bridge
