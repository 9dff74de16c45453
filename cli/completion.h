// Completion for bash and zsh, made from the command's own table of options and subcommands.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tocsin::cli {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace tocsin::cli
