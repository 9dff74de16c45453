// `tocsin incidents why` and `why-not`: the bridge's chain of reasons as a list.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

struct WhyOptions {
    std::string key;
    std::vector<std::string> labels;  // cli/label_words.h, each
    std::string language;  // "en", "zh-CN"; "": the terminal's ($LC_ALL, $LC_MESSAGES, $LANG)
};

void add_why(CLI::App& incidents, Session& session, WhyOptions& options,
             std::function<int()>& action);

}  // namespace tocsin::cli
