// The command as a person runs it: its exit status and what it printed.
#pragma once

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/run.h"

namespace tocsin::test {

struct Ran {
    int status;
    std::string out;
    std::string err;
};

inline Ran ran(std::vector<std::string> args) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = cli::run(std::move(args), out, err);
    return {status, out.str(), err.str()};
}

}  // namespace tocsin::test
