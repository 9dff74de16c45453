// A word that is no command, told by its name and the nearest that is one.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tocsin::cli {

// After a parse that failed: `there is no command "incidents lst"; did you mean "incidents list"?`.
// None where the words are commands, and something else is wrong.
std::optional<std::string> unknown_word(const CLI::App& app);

}  // namespace tocsin::cli
