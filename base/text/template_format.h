// How Go's fmt prints one value (fmt/format.go). Private to this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/template.h"

namespace tocsin::text {

struct FormatFlags {
    bool minus = false;
    bool plus = false;
    bool sharp = false;
    bool space = false;
    bool zero = false;
    bool go_syntax = false;  // %#v
    std::size_t width = 0;
    std::optional<int> precision;
};

// With a verb that is one character: "d". What it is not for prints as Go has it: "%!d(string=x)".
std::string formatted(const FormatFlags& f, std::string_view verb, const Value& value);
std::string_view go_type(const Value& value);  // Go's name of its type

}  // namespace tocsin::text
