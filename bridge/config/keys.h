// Every key of bridge.yml, once: its type, default and meaning. docs/configuration.md is generated
// from here, and the reader asks for no key that is not in it (a test compares both).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tocsin::bridge {

struct ConfigKey {
    std::string_view key;            // dotted, "[]" for the items of a list: "people[].name"
    std::string_view type;           // "duration", "list of matchers" …
    std::string_view default_value;  // "" for none; "required"
    std::string_view help;
};

std::span<const ConfigKey> config_keys();

// The bridge's part of docs/configuration.md between its markers, markers included.
std::string config_reference();

}  // namespace tocsin::bridge
