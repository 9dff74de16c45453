// Every phrase of the messages, in both languages, as templates (base/text/template.h). The words
// are docs/glossary.md's; a test holds this table against it.
#pragma once

#include <span>
#include <string_view>

namespace tocsin::bridge {

struct Phrase {
    std::string_view id;  // "headline.opened"
    std::string_view en;
    std::string_view zh;
};
std::span<const Phrase> catalogue();

// The template in a language; English for a language without it, nullptr data for an unknown id.
std::string_view phrase(std::string_view id, std::string_view language);

}  // namespace tocsin::bridge
