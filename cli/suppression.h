// `tocsin silences …` and `tocsin maintenance …`: what holds alerts back.
#pragma once

#include <functional>
#include <string>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// Adds the commands; `action` is set to what was asked for. `session` outlives the app.
void add_suppression(CLI::App& app, Session& session, std::function<int()>& action);

int show_silence(const Session& session, const std::string& id);

}  // namespace tocsin::cli
