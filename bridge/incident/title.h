// What the bridge itself calls its alerts and incidents, for the languages of those who read it:
// `words` is the sentence's name in the catalogue, the rest stands in it. Empty for what somebody
// else named, which is called that in every language. Pure.
#pragma once

#include "bridge/incident/decide.h"

namespace tocsin::bridge {

// Annotations of the bridge's own alerts: kOwnWords, and a datum each with the same beginning.
inline constexpr std::string_view kOwnPrefix = "tocsin_";
inline constexpr std::string_view kOwnWords = "tocsin_words";

void put_own_words(Alert& alert, const EntryData& words);
EntryData own_words(const AlertRecord& alert);
EntryData title_words(const Incident& incident);

}  // namespace tocsin::bridge
