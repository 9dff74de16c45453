// Sends heartbeats, and the goodbye of a clean stop. On the loop.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "agent/deliver/bridge_request.h"
#include "agent/deliver/doors.h"
#include "agent/deliver/heartbeat.h"
#include "base/core/clock.h"
#include "base/net/http_client.h"
#include "base/net/loop.h"

namespace tocsin::agent {

// All outlive the sender.
struct HeartbeatParts {
    net::Loop& loop;
    net::HttpClient& client;
    const Clock& clock;
};

class HeartbeatSender {
  public:
    // `report` is asked before each; interval and goodbye are filled in here. `answered`
    // runs after each that came through. Without urls nothing is sent. `interval` is the pace
    // where the bridge's answers ask for none.
    HeartbeatSender(HeartbeatParts parts, BridgeOptions bridge, Duration interval,
                    std::function<Heartbeat()> report, std::function<void()> answered);
    ~HeartbeatSender();

    void start();  // the first at once
    // One goodbye, at each door in turn until one takes it; then, or after `patience`, `done`.
    void goodbye(Duration patience, std::function<void()> done);

  private:
    void beat();
    void send(bool goodbye, Duration timeout, std::function<void(bool)> done);
    void schedule();
    void keep_pace(std::string_view answer);

    HeartbeatParts parts_;
    BridgeOptions bridge_;
    Duration own_interval_;
    Duration interval_;
    std::function<Heartbeat()> report_;
    std::function<void()> answered_;
    Doors doors_;
    net::Timer timer_;
    bool failing_ = false;
    bool leaving_ = false;  // a goodbye is the last word
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::agent
