// One UDP exchange on the loop: a question to a peer, and what comes from it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "collector/net/probe/address.h"

namespace tocsin::collector::probe {

class Datagram {
  public:
    // Each packet of the peer, or what the network says of the way there.
    using Got = std::function<void(const Result<std::string_view>&)>;

    ~Datagram();
    Datagram() = default;
    Datagram(const Datagram&) = delete;
    Datagram& operator=(const Datagram&) = delete;

    Result<void> open(net::Loop& loop, const Address& peer, Got got);
    Result<void> send(std::string_view packet) const;

  private:
    void receive();

    int fd_ = -1;
    Got got_;
    std::unique_ptr<net::Loop::Watch> readable_;
};

}  // namespace tocsin::collector::probe
