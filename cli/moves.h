// What people do to incidents from the command line: one table of moves with their options, for one
// incident or for many, and reports.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/session.h"

namespace tocsin::cli {

// What the moves' options were given, by the API's field.
struct MoveArguments {
    std::string key;
    std::vector<std::string> keys;  // of bulk
    std::string text;
    std::string action;  // of bulk
    std::map<std::string, std::string> fields;
    std::vector<std::string> alerts;
    bool to_reporter = false;
};

struct ReportArguments {
    std::string symptom;
    std::map<std::string, std::string> fields;
    std::string contact;  // channel=address, or any text
    std::string since;
    std::vector<std::string> labels;
    bool request = false;
};

// `incidents ack|…|split` and `incidents bulk`, under `incidents`; `report`, under the app.
void add_moves(CLI::App& incidents, Session& session, MoveArguments& arguments,
               std::function<int()>& action);
void add_report(CLI::App& app, Session& session, ReportArguments& arguments,
                std::function<int()>& action);

}  // namespace tocsin::cli
