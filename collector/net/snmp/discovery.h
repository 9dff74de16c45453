// RFC 3414, 4: asking an SNMPv3 engine who it is. The library's own way blocks for as long as the
// device is silent; this one is a datagram on the loop.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/loop.h"

namespace tocsin::collector::snmp {

struct Engine {
    std::string id;  // 5 to 32 octets
    std::uint32_t boots = 0;
    std::uint32_t time = 0;
};

// The version that a message says it is of: 0 (1), 1 (2c), 3. Nothing where it is no message. Pure.
std::optional<std::uint32_t> parse_version(std::string_view datagram);

// Who a message of version 3 is of, as its head says before anything is verified.
struct MessageHead {
    std::uint32_t message_id = 0;
    Engine engine;  // its ID may be empty: a discovery
    std::string user;
};
// Nothing where it is no such message, or cut short. Pure.
std::optional<MessageHead> parse_head(std::string_view datagram);

// The question: an empty GetRequest of no user to no engine, reportable. Pure.
std::string discovery_request(std::uint32_t message_id);
// The engine of the answer; nothing where it is no answer to that question. Pure.
std::optional<Engine> parse_discovery(std::string_view datagram, std::uint32_t message_id);

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

class Discovery {
  public:
    // Asks `tries` times. `done` is called once, on the loop, never inside; it may destroy this.
    Discovery(net::Loop& loop, const Address& peer, Duration wait, int tries,
              std::function<void(Result<Engine>)> done);
    ~Discovery();
    Discovery(const Discovery&) = delete;
    Discovery& operator=(const Discovery&) = delete;

  private:
    void ask();
    void hear();
    void finish(Result<Engine> result);

    net::Loop& loop_;
    Duration wait_;
    int tries_;
    int asked_ = 0;
    std::uint32_t message_id_;
    std::function<void(Result<Engine>)> done_;
    int fd_ = -1;
    std::unique_ptr<net::Loop::Watch> readable_;
    net::Timer timer_;
};

}  // namespace tocsin::collector::snmp
