// `tocsin events`: what changes on the bridge, as it does.
#pragma once

#include <functional>
#include <string>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

struct EventOptions {
    std::string after;  // the id of the last one that is known; "" for none: from now on
    int limit = 0;      // ends after so many; 0: never
};

// A line an event: of a table, or JSON. Comes back to the bridge, where it was, whenever the
// connection ends; gives up when the bridge refuses, or was not reached in the first place.
int follow_events(const Session& session, const EventOptions& options);

void add_events(CLI::App& app, Session& session, std::function<int()>& action);

}  // namespace tocsin::cli
