// `tocsin alerts` and `tocsin status`: what the bridge holds in Alertmanager's shape.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/session.h"

namespace tocsin::cli {

// As with the others, `session` and `action` must outlive the parse.
void add_alerts(CLI::App& app, Session& session, std::function<int()>& action);

}  // namespace tocsin::cli
