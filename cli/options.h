// Options that commands share out of one table: a command names those it has.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace tocsin::cli {

struct Option {
    const char* name = nullptr;   // of the option, without --
    const char* field = nullptr;  // of the API
    const char* help = nullptr;
    std::string (*wrong)(const std::string&) = nullptr;  // by its form
};

// Adds the one of that name to the command; null where the table has none.
inline CLI::Option* add_listed(CLI::App& command, std::span<const Option> table,
                               std::string_view name, std::map<std::string, std::string>& fields) {
    for (const Option& option : table) {
        if (option.name != name) continue;
        auto* added =
            command.add_option("--" + std::string(option.name), fields[option.field], option.help);
        if (option.wrong != nullptr) added->check(option.wrong);
        return added;
    }
    return nullptr;
}

template <class Each>
void each_word(std::string_view text, Each each) {
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        if (space != 0) each(text.substr(0, space));
        if (space == std::string_view::npos) return;
        text.remove_prefix(space + 1);
    }
}

}  // namespace tocsin::cli
