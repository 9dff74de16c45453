// Where traps arrive: a UDP socket that is read on the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/discovery.h"

namespace tocsin::collector::snmp {

class TrapSocket {
  public:
    using Came =
        std::function<void(TrapSocket& at, std::string_view datagram, const Address& from)>;

    // kIo, kUnavailable name the address and why.
    static Result<std::unique_ptr<TrapSocket>> open(net::Loop& loop, const SnmpPeer& address,
                                                    Came came);
    ~TrapSocket();
    TrapSocket(const TrapSocket&) = delete;
    TrapSocket& operator=(const TrapSocket&) = delete;

    void send(std::string_view datagram, const Address& to) const;
    // Datagrams that the kernel had no room for, since it was opened.
    std::uint64_t lost() const { return lost_; }

  private:
    TrapSocket(int fd, Came came);
    void read();

    int fd_;
    Came came_;
    std::uint32_t lost_ = 0;
    std::vector<char> buffer_;
    std::unique_ptr<net::Loop::Watch> readable_;
};

}  // namespace tocsin::collector::snmp
