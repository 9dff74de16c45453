// The live stream (server-sent events, WHATWG HTML 9.2): who listens, what they get. On the loop.
//
// Each event is a whole fact ("this incident now looks so"), so a listener that gets one twice is
// none the worse. Ids are the store's timeline ids: they rise, and a listener that comes back with
// Last-Event-ID is told everything that changed since, from the store, or that it must start over.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http_server.h"
#include "base/net/loop.h"

namespace tocsin::bridge {

struct LiveEvent {
    std::int64_t id = 0;  // 0: none; does not move the listener's place
    std::string type;     // "incident", "host", "reset"
    std::string data;     // JSON, one line
};

std::string sse_text(const LiveEvent& event);

class EventBroker {
  public:
    // Reads what changed after an id and calls back on the loop; with none when that cannot be told
    // in full: the listener is told to read everything anew (`reset`).
    using Missed = std::optional<std::vector<LiveEvent>>;
    using Replay = std::function<void(std::int64_t after, std::function<void(Missed)>)>;

    EventBroker(net::Loop& loop, Replay replay, Duration keep_alive = 15s);

    // `after`: the Last-Event-ID; negative for a listener that comes for the first time.
    void add(std::shared_ptr<net::Stream> stream, std::int64_t after);
    void publish(const LiveEvent& event);
    void close_all();
    std::size_t listeners() const { return listeners_.size(); }

  private:
    struct Listener {
        std::shared_ptr<net::Stream> stream;
        bool catching_up = false;
        std::vector<std::string> held;  // live events that came while catching up
    };
    void keep_alive_tick();
    void prune();

    net::Loop& loop_;
    Replay replay_;
    Duration keep_alive_;
    std::vector<std::shared_ptr<Listener>> listeners_;
    net::Timer timer_;
};

}  // namespace tocsin::bridge
