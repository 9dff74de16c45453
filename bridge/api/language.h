// In which language whoever asks is answered. Pure.
#pragma once

#include <string_view>

namespace tocsin::bridge {

// Of Accept-Language the first that there is a catalogue for, else `otherwise`.
std::string_view page_language(std::string_view accept_language, std::string_view otherwise);

}  // namespace tocsin::bridge
