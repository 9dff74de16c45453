// When the log names why a source fails: at once when it begins to, again where the reason has
// changed, but then at most once a minute.
#pragma once

#include <chrono>
#include <string>

namespace tocsin::collector {

enum class FailureNews { kNone, kFails, kWorksAgain };

class FailureLog {
  public:
    // What is news of a collection that ended so; "": it succeeded.
    FailureNews take(const std::string& reason, std::chrono::steady_clock::time_point now);

  private:
    std::string said_;  // "" while it works
    std::chrono::steady_clock::time_point said_at_;
};

}  // namespace tocsin::collector
