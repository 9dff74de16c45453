// The agent, wired: collectors, pipeline, outbox, delivery and API on one loop.
#pragma once

#include <functional>
#include <memory>

#include "agent/config/config.h"
#include "base/core/result.h"

namespace tocsin::agent {

class App {
  public:
    // Opens the state, loads the rules, binds the API. kIo names what could not be opened; a rule
    // file that is wrong stops nothing (the others are in force, and the log says what and where).
    // `reread` gives the configuration as it is now; an error says all that is wrong with it.
    static Result<std::unique_ptr<App>> create(Config config,
                                               std::function<Result<Config>()> reread = {});
    ~App();
    // Until SIGTERM or SIGINT; says goodbye to the bridge. SIGHUP reads the rule files anew,
    // and where the configuration has changed, its targets (all of `collect` but the host's
    // collectors); what could not be made is tried again.
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
