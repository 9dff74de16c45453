// `tocsin oncall` on the command line: its subcommands and their options.
#pragma once

#include <functional>

#include "cli/oncall.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `options` and `action` outlive the app; what was asked for becomes the action.
void add_oncall(CLI::App& app, Session& session, OncallOptions& options,
                std::function<int()>& action);

}  // namespace tocsin::cli
