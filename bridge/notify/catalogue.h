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
// The lines of the timeline: `timeline.<kind>`. In catalogue_timeline.cpp.
std::span<const Phrase> timeline_catalogue();
// The lines of the timelines of records, and the words of drafts. In catalogue_records.cpp.
std::span<const Phrase> record_catalogue();
// The words of chains of reasons (bridge/why), likewise: `why.<phrase>`. In catalogue_why.cpp.
std::span<const Phrase> why_catalogue();

// The reasons of refusals (bridge/incident/reason.h): `en` is the pattern, which is their id as
// well. In catalogue_reasons.cpp, with the words that stand in their places: `<group>.<word>`.
std::span<const Phrase> reason_catalogue();
std::span<const Phrase> reason_words();
// The API's errors, likewise. In catalogue_errors.cpp.
std::span<const Phrase> error_catalogue();

// The template in a language, of either; English for a language without it, nullptr data for an
// unknown id.
std::string_view phrase(std::string_view id, std::string_view language);

}  // namespace tocsin::bridge
