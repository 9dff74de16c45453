// The version of this build; CMake hands it down from project(VERSION).
#pragma once

#include <string_view>

namespace tocsin {

inline constexpr std::string_view kVersion = TOCSIN_VERSION;

}  // namespace tocsin
