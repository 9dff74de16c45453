// The agent, wired: collectors, pipeline, outbox, delivery and API on one loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "base/core/result.h"

namespace tocsin::agent {

// Those on by default or named in the configuration, but for those switched off there.
std::vector<std::string> enabled_collectors(const Config& config);

class App {
  public:
    // Opens the state, loads the rules, binds the API. kIo names what could not be opened; a rule
    // file that is wrong stops nothing (the others are in force, and the log says what and where).
    static Result<std::unique_ptr<App>> create(Config config);
    ~App();
    // Until SIGTERM or SIGINT; says goodbye to the bridge. SIGHUP reads the rule files anew.
    void run();
    // Whether no collector hangs in a blocking call. One that does holds what the App owns, so that
    // the process must end without tearing it down.
    bool idle() const;

    struct Impl;

  private:
    explicit App(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::agent
