// The bridge, whole: create, start, reload, stop. main only parses flags; tests boot it in process.
// On the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/net/http.h"
#include "base/net/loop.h"
#include "bridge/app/settings.h"

namespace tocsin::bridge {

class App {
  public:
    // Reads the configuration and opens the store. Nothing listens yet.
    static Result<std::unique_ptr<App>> create(net::Loop& loop, const Clock& clock, Flags flags);
    ~App();

    // Binds and serves.
    Result<void> start();
    // Reads the files again; what is wrong leaves everything as it was. The address, TLS files and
    // the store are those of the start until the next one.
    Result<void> reload();
    // No new requests and messages, those under way finish, what is queued is committed; then calls
    // back.
    void stop(std::function<void()> done);

    net::HostPort address() const;  // after start()
    const BridgeConfig& config() const;

    struct Impl;

  private:
    explicit App(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::bridge
