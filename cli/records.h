// `tocsin problems …`, `tocsin reviews …`, `tocsin articles …`: one table of commands for the
// three, as they are one kind of record in the bridge.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/session.h"

namespace tocsin::cli {

// What the commands were given.
struct RecordArguments {
    std::string key;
    std::string text;                           // a note, a title, why, what is to be done
    std::vector<std::string> keys;              // of incidents
    std::map<std::string, std::string> fields;  // by the API's field
    std::vector<std::string> causes;
    std::vector<std::string> match;
    std::string file;  // holds the text of an article, or a review's draft
    int number = 0;
    // Of lists.
    std::string state;
    std::string incident;
    std::string owner;
    std::string search;
    int limit = 50;
};

void add_records(CLI::App& app, Session& session, RecordArguments& arguments,
                 std::function<int()>& action);

// records.cpp: what the commands ask and print. `noun` is the API's path: "problems" ….
int list_records(const Session& session, const std::string& noun, const RecordArguments& arguments);
int show_record(const Session& session, const std::string& noun, const std::string& key);
// A move on one, or (without a move) a new one; prints its key and what became of it.
int change_record(const Session& session, const std::string& noun, const std::string& move,
                  const RecordArguments& arguments);

}  // namespace tocsin::cli
